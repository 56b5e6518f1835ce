internal import ConnectorKit
internal import CurlTransport
internal import Foundation

/// Whether a reply says that the credential report is still being made.
enum IAMReportState {
  /// The transport asks again after a while, as for a limit.
  static func isPending(_ response: HTTPResponse) -> Bool {
    guard response.body.count < 4096 else { return false }
    if response.status == 404 { return AWSErrors.code(in: response.body) == "ReportInProgress" }
    guard response.status == 200, let root = try? XMLElement(parsing: response.body.bytes) else {
      return false
    }
    let state = root["GenerateCredentialReportResult"]?["State"]?.text
    return state == "STARTED" || state == "INPROGRESS"
  }
}

/// The credential report: one row a user, the root user among them.
///
/// - SeeAlso: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>
struct IAMCredentialReport: Sendable, Hashable {
  /// A row.
  struct User: Sendable, Hashable {
    var name: String
    var arn: String
    /// Nil where the report does not say.
    var hasPassword: Bool?
    /// Nil where the report does not say.
    var hasDevice: Bool?
    var hasActiveKey: Bool

    var isRoot: Bool { name == "<root_account>" }
  }

  var users: [User]

  /// The account's number, out of the ARNs.
  var account: String? {
    users.lazy.compactMap { user in
      let parts = user.arn.split(separator: ":", omittingEmptySubsequences: false)
      return parts.count > 4 && parts[4].count == 12 ? String(parts[4]) : nil
    }.first
  }

  /// Reads the report as it comes: CSV in Base64.
  init(base64 text: String) throws(WireError) {
    guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters), !data.isEmpty
    else {
      throw WireError(.damaged, path: "Content", detail: "not Base64")
    }
    do throws(WireError) {
      try self.init(csv: String(decoding: data, as: UTF8.self))
    } catch {
      throw error.under("Content")
    }
  }

  /// Reads the report's CSV; columns are found by name, further ones do not matter.
  init(csv text: String) throws(WireError) {
    var rows = CSVRows.rows(text)
    guard !rows.isEmpty else { throw WireError(.shape, detail: "no header row") }
    let header = rows.removeFirst()
    func column(_ name: String) throws(WireError) -> Int {
      guard let index = header.firstIndex(of: name) else {
        throw WireError(.shape, path: name, detail: "no such column")
      }
      return index
    }
    let (user, arn) = (try column("user"), try column("arn"))
    let (password, device) = (try column("password_enabled"), try column("mfa_active"))
    // Certificates sign requests as access keys do.
    let keys = [
      try column("access_key_1_active"), try column("access_key_2_active"),
      try column("cert_1_active"), try column("cert_2_active"),
    ]
    users = []
    for (number, row) in rows.enumerated() {
      guard row.count == header.count else {
        throw WireError(.shape, row: number + 1, detail: "not as many fields as the header names")
      }
      let hasDevice = Self.bool(row[device])
      guard hasDevice != nil || Self.untold.contains(row[device].lowercased()) else {
        throw WireError(
          .shape, row: number + 1, path: "mfa_active", detail: "neither true nor false")
      }
      users.append(
        User(
          name: row[user], arn: row[arn], hasPassword: Self.bool(row[password]),
          hasDevice: hasDevice,
          // What is neither true nor false may be a key.
          hasActiveKey: keys.contains { Self.bool(row[$0]) ?? !Self.says(row[$0], "n/a") }))
    }
  }

  /// The words for what the report does not tell.
  private static let untold: Set<String> = ["n/a", "not_supported", "no_information"]

  private static func bool(_ text: String) -> Bool? {
    says(text, "true") ? true : says(text, "false") ? false : nil
  }

  private static func says(_ text: String, _ word: String) -> Bool { text.lowercased() == word }
}

/// Comma-separated values (RFC 4180).
enum CSVRows {
  /// The rows of a text; empty lines are left out.
  static func rows(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    func endField() {
      row.append(String(decoding: field, as: UTF8.self))
      field = []
    }
    func endRow() {
      endField()
      if row != [""] { rows.append(row) }
      row = []
    }
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      switch byte {
      case 0x22 where isQuoted && bytes.first == 0x22:
        field.append(byte)
        bytes.removeFirst()
      case 0x22 where isQuoted || field.isEmpty: isQuoted.toggle()
      case 0x2C where !isQuoted: endField()
      case 0x0A where !isQuoted: endRow()
      case 0x0D where !isQuoted: break
      default: field.append(byte)
      }
    }
    if !field.isEmpty || !row.isEmpty { endRow() }
    return rows
  }
}
