import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import PrivacyIDEA

/// A situation at a privacyIDEA server and the verdict it must give for Ana.
struct PrivacyIDEARow: Sendable, CustomTestStringConvertible {
  let number: String
  let situation: String
  let expected: Verdict
  /// A part of the witness, where there must be one.
  var witness: String?
  /// A part of the reason.
  var reason: String?
  var isComplete = true
  var configure: @Sendable (inout PrivacyIDEAConfiguration) -> Void = { _ in }
  var change: @Sendable (inout PrivacyIDEAServer) -> Void = { _ in }

  var testDescription: String { "\(number): \(situation)" }
}

/// A server with Ana and one other person.
enum PrivacyIDEAServers {
  static let app = "vpn"

  static func small(_ change: (inout PrivacyIDEAServer) -> Void = { _ in }) -> Scenario {
    var server = PrivacyIDEAServer()
    server.users = [
      PrivacyIDEAUser("ana", email: ProviderBench.ana),
      PrivacyIDEAUser("bo", email: "bo@acme.com"),
    ]
    server.tokens = [PrivacyIDEAToken("bo", "totp")]
    change(&server)
    var scenario = Scenario()
    scenario[PrivacyIDEAServer.self] = server
    return scenario
  }

  static func policy(_ name: String, _ action: JSON, _ rest: JSON = [:]) -> JSON {
    JSON.object(["name": .string(name), "action": action]).merging(rest)
  }
}

extension ProviderBench {
  func privacyIDEA(
    _ change: (inout PrivacyIDEAConfiguration) -> Void = { _ in }
  ) -> PrivacyIDEAConnector {
    let endpoint = mock[.privacyIDEA]
    var configuration = PrivacyIDEAConfiguration(
      name: "tokens", url: endpoint?.baseURL ?? "", username: "idsync",
      password: Secret(endpoint?.token ?? ""), realm: "acme", front: "keycloak flow browser")
    change(&configuration)
    return PrivacyIDEAConnector(
      configuration: configuration, transport: transport, clock: clock, logger: log.logger)
  }
}

@Suite("privacyIDEA verdicts, row by row") struct PrivacyIDEARowTests {
  @Test("every situation of the table gives its verdict", arguments: PrivacyIDEARows.all)
  func row(_ row: PrivacyIDEARow) async throws {
    try await ProviderBench.run(PrivacyIDEAServers.small(row.change)) { bench in
      let reading = await bench.read(
        bench.privacyIDEA(row.configure), app: PrivacyIDEAServers.app)
      #expect(reading.source.isComplete == row.isComplete, "\(reading.source.issues)")
      let records = ProviderBench.judge(reading, app: PrivacyIDEAServers.app)
      let record = try #require(records[ProviderBench.ana])
      #expect(record.verdict == row.expected, "\(record.reason)")
      if let witness = row.witness {
        #expect(record.witness?.contains(witness) == true, "\(record.witness ?? "no witness")")
      }
      if let reason = row.reason { #expect(record.reason.contains(reason), "\(record.reason)") }
    }
  }
}

enum PrivacyIDEARows {
  private typealias P = PrivacyIDEAServers
  private static let totp = PrivacyIDEAToken("ana", "totp")
  private static let passthru = P.policy("grace", ["passthru": "userstore"], ["realm": ["acme"]])

  static let all: [PrivacyIDEARow] = [
    PrivacyIDEARow(
      number: "1", situation: "nothing relaxed, a token in use", expected: .enforced,
      change: { $0.tokens.append(totp) }),
    PrivacyIDEARow(number: "2", situation: "nothing relaxed, no token", expected: .enforced),
    PrivacyIDEARow(
      number: "3", situation: "who has no token passes with a password, and she has none",
      expected: .notEnforced, witness: "passthru", change: { $0.policies = [passthru] }),
    PrivacyIDEARow(
      number: "3b", situation: "the same, policies by name", expected: .notEnforced,
      change: {
        $0.policies = [passthru]
        $0.namesPolicies = true
      }),
    PrivacyIDEARow(
      number: "3c", situation: "the same for another realm", expected: .enforced,
      change: { $0.policies = [P.policy("grace", ["passthru": "userstore"], ["realm": ["other"]])] }
    ),
    PrivacyIDEARow(
      number: "3d", situation: "the same, switched off", expected: .enforced,
      change: { $0.policies = [P.policy("grace", ["passthru": "userstore"], ["active": false])] }),
    PrivacyIDEARow(
      number: "3e", situation: "the same for somebody else", expected: .enforced,
      change: { $0.policies = [P.policy("grace", ["passthru": "userstore"], ["user": ["bo"]])] }),
    PrivacyIDEARow(
      number: "3f", situation: "the same for all but her", expected: .enforced,
      change: {
        $0.policies = [P.policy("grace", ["passthru": "userstore"], ["user": ["*", "-ana"]])]
      }),
    PrivacyIDEARow(
      number: "3g", situation: "the same for users by a pattern", expected: .cannotTell,
      reason: "who is meant by user a.*",
      change: { $0.policies = [P.policy("grace", ["passthru": "userstore"], ["user": ["a.*"]])] }),
    PrivacyIDEARow(
      number: "3h", situation: "the same for another resolver", expected: .enforced,
      change: {
        $0.policies = [P.policy("grace", ["passthru": "userstore"], ["resolver": ["sql"]])]
      }),
    PrivacyIDEARow(
      number: "3i", situation: "the same under a condition on data about her",
      expected: .cannotTell,
      reason: "userinfo condition",
      change: {
        $0.policies = [
          P.policy(
            "grace", ["passthru": "userstore"],
            ["conditions": [["userinfo", "groups", "contains", "new", true]]])
        ]
      }),
    PrivacyIDEARow(
      number: "4", situation: "who has no token passes, and she has one",
      expected: .enforcedConditionally, witness: "with token removed",
      change: {
        $0.policies = [passthru]
        $0.tokens.append(totp)
      }),
    PrivacyIDEARow(
      number: "5", situation: "who has no token passes from some addresses",
      expected: .enforcedConditionally, witness: "10.0.0.0/8",
      change: {
        $0.policies = [P.policy("office", ["passOnNoToken": true], ["client": ["10.0.0.0/8"]])]
      }),
    PrivacyIDEARow(
      number: "5b", situation: "who has no token passes at some times",
      expected: .enforcedConditionally, witness: "a time within Mon-Fri: 8-18",
      change: {
        $0.policies = [P.policy("office", ["passOnNoToken": true], ["time": "Mon-Fri: 8-18"])]
      }),
    PrivacyIDEARow(
      number: "6", situation: "a simple pass token only", expected: .notEnforced,
      witness: "asks for a PIN or a word only",
      change: { $0.tokens.append(PrivacyIDEAToken("ana", "spass")) }
    ),
    PrivacyIDEARow(
      number: "6b", situation: "a simple pass token beside another", expected: .notEnforced,
      change: { $0.tokens += [totp, PrivacyIDEAToken("ana", "spass")] }),
    PrivacyIDEARow(
      number: "6c", situation: "a simple pass token that is locked", expected: .enforced,
      change: { $0.tokens.append(PrivacyIDEAToken("ana", "spass") { $0.locked = true }) }),
    PrivacyIDEARow(
      number: "6d", situation: "a simple pass token only, and the realm is written in upper case",
      expected: .notEnforced, configure: { $0.realm = "ACME" },
      change: { $0.tokens.append(PrivacyIDEAToken("ana", "spass")) }),
    PrivacyIDEARow(
      number: "6e", situation: "a simple pass token of somebody of that name in another resolver",
      expected: .enforced,
      change: {
        $0.tokens.append(PrivacyIDEAToken("ana", "spass") { $0.resolver = "sql" })
      }),
    PrivacyIDEARow(
      number: "6f", situation: "a simple pass token of her name in another spelling",
      expected: .cannotTell,
      change: { $0.tokens += [totp, PrivacyIDEAToken("Ana", "spass")] }),
    PrivacyIDEARow(
      number: "6g", situation: "one of another spelling, in another resolver",
      expected: .enforced,
      change: {
        $0.tokens += [totp, PrivacyIDEAToken("Ana", "spass") { $0.resolver = "sql" }]
      }),
    PrivacyIDEARow(
      number: "3j", situation: "a token of somebody of that name in another resolver",
      expected: .notEnforced, witness: "passthru",
      change: {
        $0.policies = [passthru]
        $0.tokens.append(PrivacyIDEAToken("ana", "totp") { $0.resolver = "sql" })
      }),
    PrivacyIDEARow(
      number: "3k", situation: "a condition of the newer form that is switched off",
      expected: .notEnforced, witness: "passthru",
      change: {
        $0.policies = [
          P.policy(
            "grace", ["passthru": "userstore"],
            ["conditions": [["userinfo", "groups", "contains", "new", false, "raise_error"]]])
        ]
      }),
    PrivacyIDEARow(
      number: "7", situation: "policies may not be read", expected: .cannotTell,
      reason: "refused", isComplete: false,
      change: { $0.rights = ["eventhandling_read", "userlist", "tokenlist"] }),
    PrivacyIDEARow(
      number: "7b", situation: "tokens may not be read", expected: .cannotTell,
      isComplete: false,
      change: { $0.rights = ["eventhandling_read", "userlist", "policyread"] }),
    PrivacyIDEARow(
      number: "7c", situation: "the administrator needs a token", expected: .cannotTell,
      reason: "token of its own", isComplete: false, change: { $0.asksAdministrator = true }),
    PrivacyIDEARow(
      number: "8", situation: "no front end is declared", expected: .cannotTell,
      reason: "nobody says what asks it", configure: { $0.front = nil },
      change: { $0.tokens.append(totp) }),
    PrivacyIDEARow(
      number: "9", situation: "who has no token passes, and hers is locked",
      expected: .enforcedConditionally, witness: "with token removed",
      change: {
        $0.policies = [passthru]
        $0.tokens.append(PrivacyIDEAToken("ana", "totp") { $0.locked = true })
      }),
    PrivacyIDEARow(
      number: "4.4", situation: "sign-ins are remembered, which is noted", expected: .enforced,
      change: { $0.policies = [P.policy("cache", ["auth_cache": "4h"])] }),
    PrivacyIDEARow(
      number: "4.4b", situation: "sign-ins are remembered, which the operator minds",
      expected: .enforcedConditionally, witness: "with remembered sign-in",
      configure: { $0.remember = .conditional },
      change: { $0.policies = [P.policy("cache", ["auth_cache": "4h"])] }),
    PrivacyIDEARow(
      number: "3.1", situation: "a resolver did not answer", expected: .enforced, isComplete: false,
      change: { $0.skippedResolvers = ["sql"] }),
  ]
}
