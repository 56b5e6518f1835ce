import CurlTransport
import Foundation
import IdentityCore
import MockIdP
import Testing

@testable import Keycloak

/// A situation in a Keycloak realm and the verdict it must give for Ana.
struct KeycloakRow: Sendable, CustomTestStringConvertible {
  let number: String
  let situation: String
  let expected: Verdict
  /// A part of the witness, where there must be one.
  var witness: String?
  var code: ReasonCode?
  /// A part of the reason.
  var reason: String?
  var configure: @Sendable (inout KeycloakConfiguration) -> Void = { _ in }
  let change: @Sendable (inout KeycloakTenant) -> Void

  init(
    _ number: String, _ situation: String, _ expected: Verdict, witness: String? = nil,
    code: ReasonCode? = nil, reason: String? = nil,
    configure: @escaping @Sendable (inout KeycloakConfiguration) -> Void = { _ in },
    _ change: @escaping @Sendable (inout KeycloakTenant) -> Void
  ) {
    self.number = number
    self.situation = situation
    self.expected = expected
    self.witness = witness
    self.code = code
    self.reason = reason
    self.configure = configure
    self.change = change
  }

  var testDescription: String { "\(number): \(situation)" }
}

/// A realm with one client and Ana in it.
enum KeycloakRealms {
  static let app = "heroku"
  static let ana = ProviderBench.ana

  static func small(_ change: (inout KeycloakTenant) -> Void = { _ in }) -> Scenario {
    var tenant = KeycloakTenant()
    tenant.users = [KeycloakUser(ana)]
    tenant.clients = [KeycloakClientSpec(app)]
    change(&tenant)
    var scenario = Scenario()
    scenario[KeycloakTenant.self] = tenant
    return scenario
  }

  /// The realm's browser flow: cookie, or a form of these steps.
  static func browser(_ steps: [KeycloakStepSpec]) -> KeycloakFlowSpec {
    flow("browser", steps)
  }

  static func flow(_ alias: String, _ steps: [KeycloakStepSpec]) -> KeycloakFlowSpec {
    KeycloakFlowSpec(
      alias,
      [.step("auth-cookie", .alternative), .flow("\(alias) forms", .alternative, steps)])
  }

  static let password = KeycloakStepSpec.step("auth-username-password-form")
  static let otp = KeycloakStepSpec.step("auth-otp-form")

  static func conditional(
    _ condition: String, _ config: [String: String] = [:], _ steps: [KeycloakStepSpec] = [otp]
  ) -> KeycloakStepSpec {
    .flow(
      "2FA by \(condition)", .conditional, [.step(condition, .required, config)] + steps)
  }

  static func level(_ level: Int, _ steps: [KeycloakStepSpec]) -> KeycloakStepSpec {
    .flow(
      "level \(level)", .conditional,
      [
        .step(
          "conditional-level-of-authentication", .required,
          ["loa-condition-level": String(level), "loa-max-age": "36000"])
      ] + steps)
  }

  static let strict = [password, KeycloakStepSpec.flow("2FA", .required, [otp])]
  static let levels = [level(1, [password]), level(2, [otp])]
  static let acrMap = ["acr.loa.map": #"{"aal1":"1","aal2":"2"}"#]
}

extension ProviderBench {
  func keycloak(
    _ change: (inout KeycloakConfiguration) -> Void = { _ in }
  ) -> KeycloakConnector {
    let endpoint = mock[.keycloak]
    var configuration = KeycloakConfiguration(
      name: "sso", url: endpoint?.baseURL ?? "", realm: "acme", clientID: "idsync",
      clientSecret: Secret(endpoint?.token ?? ""))
    change(&configuration)
    return KeycloakConnector(
      configuration: configuration, transport: transport, clock: clock, logger: log.logger)
  }
}

@Suite("Keycloak verdicts, row by row") struct KeycloakRowTests {
  @Test("every situation of the table gives its verdict", arguments: KeycloakRows.all)
  func row(_ row: KeycloakRow) async throws {
    try await ProviderBench.run(KeycloakRealms.small(row.change)) { bench in
      let reading = await bench.read(bench.keycloak(row.configure), app: KeycloakRealms.app)
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      let records = ProviderBench.judge(reading, app: KeycloakRealms.app)
      let record = try #require(records[KeycloakRealms.ana])
      #expect(record.verdict == row.expected, "\(record.reason)")
      if let witness = row.witness {
        #expect(record.witness?.contains(witness) == true, "\(record.witness ?? "no witness")")
      }
      if let code = row.code { #expect(record.judgement.deciding?.code == code) }
      if let reason = row.reason {
        #expect(record.reason.contains(reason), "\(record.reason)")
      }
    }
  }
}
