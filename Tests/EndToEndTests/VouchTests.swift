import Foundation
import MockIdP
import TestSupport
import Testing

/// Doors that no API shows: what the operator vouches for, and what becomes of it.
@Suite("Vouching")
struct VouchTests {
  private static let whole = """
        - { row: trusted-idp-first, reason: none in force, by: ciso@acme.com, until: 2099-01-31 }
        - { row: password-reset, app: "4242", reason: asks for push, by: ciso@acme.com, until: 2099-01-31 }
    """

  private static func bench(_ vouch: String) async throws -> Workbench {
    var account = OneLoginAccount()
    account.users = [OneLoginUser("ana@acme.com")]
    account.apps = [OneLoginApp(4242, name: "Heroku", policy: 410, users: ["ana@acme.com"])]
    var scenario = Scenario()
    scenario[OneLoginAccount.self] = account
    let bench = try await Workbench(scenario) { configuration($0, vouch) }
    try bench.write("team,email,role\nacme,ana@acme.com,admin\n", to: "people.csv")
    return bench
  }

  private static func configuration(_ mock: MockIdP, _ vouch: String) -> String {
    """
    store: sqlite:idsync.db
    sources:
      people: { kind: csv, file: people.csv }
      onelogin:
        kind: onelogin
        url: "\(mock[.oneLogin]?.baseURL ?? "")"
        client_id: 1f2e3d4c5b6a
        client_secret: env:ONELOGIN_SECRET
        policies: { app: { "410": enforced } }
        vouch:
    \(vouch)
    teams:
      acme: { roster: people, sign_in: [ { provider: onelogin, app: "4242" } ] }
    """
  }

  private static func secrets(_ bench: Workbench) -> [String: String] {
    ["ONELOGIN_SECRET": bench.mock[.oneLogin]?.token ?? ""]
  }

  private static func verdict(_ bench: Workbench) async throws -> String? {
    try await bench.run("status", "--format", "json").members()["ana@acme.com"]?["verdict"]
      as? String
  }

  @Test("vouched for: enforced, and explain shows every door with its state")
  func whole() async throws {
    let bench = try await Self.bench(Self.whole)
    let sync = try await bench.run(["sync"], adding: Self.secrets(bench))
    #expect(sync.status == 0, "\(sync.errors)")
    #expect(try await Self.verdict(bench) == "enforced")
    let explain = try await bench.run("explain", "ana@acme.com", "--team", "acme").output
    #expect(explain.contains("Doors and modifiers: all 6 accounted for"))
    #expect(explain.contains("asks for push, says ciso@acme.com, until 2099-01-31"))
    await bench.close()
  }

  @Test("without it: cannot-tell, and doctor prints the line that makes it enforced")
  func pasted() async throws {
    let bench = try await Self.bench("          []")
    _ = try await bench.run(["sync"], adding: Self.secrets(bench))
    #expect(try await Self.verdict(bench) == "cannot-tell")
    let doctor = try await bench.run(
      ["doctor", "--format", "json"], adding: Self.secrets(bench)
    ).output
    let lines = doctor.matches(of: #/- \{ row: [^}]*\}/#).map { String($0.output) }
    #expect(lines.count == 2, "\(doctor)")
    let pasted = lines.map {
      $0.replacing("\\\"", with: "\"").replacing("by: …", with: "by: ciso@acme.com")
        .replacing("until: …", with: "until: 2099-01-31")
    }
    try bench.write(
      Self.configuration(bench.mock, pasted.map { "        \($0)" }.joined(separator: "\n")),
      to: "idsync.yaml")
    _ = try await bench.run(["sync"], adding: Self.secrets(bench))
    #expect(try await Self.verdict(bench) == "enforced")
    await bench.close()
  }

  @Test("a vouch that is gone takes the verdict with it, also while the provider is dead")
  func gone() async throws {
    let bench = try await Self.bench(Self.whole)
    _ = try await bench.run(["sync"], adding: Self.secrets(bench))
    #expect(try await Self.verdict(bench) == "enforced")
    // First only the provider dies: what is known stays, and ages.
    await bench.mock.setFaults([Fault(.oneLogin, "*", .forbidden, times: nil)])
    _ = try await bench.run(["sync"], adding: Self.secrets(bench))
    #expect(try await Self.verdict(bench) == "enforced")
    let ended = Self.whole.replacing("2099-01-31", with: "2020-01-31")
    try bench.write(Self.configuration(bench.mock, ended), to: "idsync.yaml")
    _ = try await bench.run(["sync"], adding: Self.secrets(bench))
    #expect(try await Self.verdict(bench) == "cannot-tell")
    await bench.close()
  }

  @Test(
    "mistakes are told with the nearest word",
    arguments: [
      ("- { row: pasword-reset, reason: r, by: b, until: 2099-01-31 }", "\"password-reset\""),
      ("- { row: password-reset, reason: r, by: b }", "until"),
      ("- { row: password-reset, reason: r, by: b, until: soon }", "soon"),
      ("- { row: password-reset, by: b, until: 2099-01-31 }", "reason"),
      ("- { row: password-reset, reason: r, by: b, until: 2099-01-31, who: x }", "who"),
    ])
  func mistakes(entry: String, says: String) async throws {
    let bench = try await Self.bench("    \(entry)")
    let sync = try await bench.run(["sync"], adding: Self.secrets(bench))
    #expect(sync.status == 78)
    #expect(sync.errors.contains(says), "\(sync.errors)")
    await bench.close()
  }
}
