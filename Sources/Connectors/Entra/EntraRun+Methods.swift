internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension EntraRun {
  private static let kinds: [(word: String, kind: FactorSet)] = [
    ("fido2", .webauthn), ("passkey", .webauthn), ("microsoftAuthenticatorPush", .push),
    ("softwareOneTimePasscode", .totp), ("hardwareOneTimePasscode", .hardwareToken),
    ("x509Certificate", .certificate), ("windowsHelloForBusiness", .deviceKey),
    ("microsoftAuthenticatorPasswordless", .deviceKey), ("macOsSecureEnclaveKey", .deviceKey),
    ("mobilePhone", .sms), ("alternateMobilePhone", .voice), ("officePhone", .voice),
    ("email", .email), ("securityQuestion", .question),
  ]

  /// Marks the registered methods of the accounts kept, from the tenant's report; for details only.
  ///
  /// The report lags by hours and leaves out methods of other vendors, so it never raises a verdict.
  ///
  /// - Parameter mayTrustOthers: whether guests may have their second factor in their own tenant, which no row here shows.
  func collectMethods(_ accounts: EntraAccounts, mayTrustOthers: Bool) async {
    let request = client.get("/v1.0/reports/authenticationMethods/userRegistrationDetails")
    let reader = JSONReader()
    var seen = 0
    do throws(ConnectorError) {
      try await client.pages(request, APIClient.graphPaging) {
        response, page throws(ConnectorError) in
        do throws(WireError) {
          try reader.withRoot(response.body) { root throws(WireError) in
            guard let value = try root.member("value"), value.type == .array else {
              throw WireError.expected(.array, found: .missing, path: "value")
            }
            try value.forEach { _, row throws(WireError) in
              seen += 1
              try self.mark(row, accounts, mayTrustOthers)
            }
          }
        } catch {
          throw client.malformed(error, request, page: page)
        }
        progress(configuration.name, "registered methods", done: seen)
      }
    } catch {
      keep(error, .details)
    }
  }

  private func mark(
    _ json: JSONElement, _ accounts: EntraAccounts, _ mayTrustOthers: Bool
  ) throws(WireError) {
    let row = try json.row(EntraWire.registrations)
    guard let id = row.text(0) else { return }
    let position = EntraID.withFolded(id) { id in accounts.withLock { $0.position(ofID: id) } }
    guard let position else { return }
    var kinds: FactorSet = []
    if let methods = try json.member("methodsRegistered"), methods.type == .array {
      try methods.forEach { _, method throws(WireError) in
        let word = (method.string ?? "").lowercased()
        kinds.formUnion(Self.kinds.first { word.hasPrefix($0.word.lowercased()) }?.kind ?? .other)
      }
    }
    var isEnrolled = row.bool(1).map { $0 ? Tri.yes : Tri.no } ?? .unknown
    if isEnrolled == .no, mayTrustOthers, Self.isGuest(row) { isEnrolled = .unknown }
    let state = isEnrolled
    let found = kinds
    accounts.withLock { $0.setEnrolment(state, found, at: position) }
  }

  /// Whether a row is of somebody who signs in at another tenant.
  private static func isGuest(_ row: TableRows.Row) -> Bool {
    row.string(2) == "guest" || row.string(3)?.lowercased().contains("#ext#") != false
  }
}
