import Foundation
import MockIdP
import Testing

@Suite("CSV, SCIM and JSON sources, end to end")
struct GenericSourceTests {
  private static let urn = "urn:acme:scim:security:2.0:User"

  private static func scenario() -> Scenario {
    var scenario = Scenario()
    scenario[JSONEndpoint.self].paging = .cursor
    scenario[JSONEndpoint.self].maxPageSize = 2
    scenario[JSONEndpoint.self].people = [
      ["uid": "1", "mail": "ana@acme.com", "state": "ACTIVE", "policy": "REQUIRED"],
      ["uid": "2", "mail": "bo@acme.com", "state": "ACTIVE", "policy": "OPTIONAL"],
      ["uid": "3", "mail": "cy@acme.com", "state": "ACTIVE", "policy": "MAYBE"],
      ["uid": "4", "mail": "dee@acme.com", "state": "GONE", "policy": "REQUIRED"],
    ]
    scenario[SCIMServer.self].users = [
      SCIMServer.user("s1", "ana@acme.com", with: [urn: ["mfaPolicy": "required"]]),
      SCIMServer.user("s2", "bo@acme.com", active: "False"),
    ]
    scenario[SCIMServer.self].groups = [SCIMServer.group("g1", "people-team", users: ["s1", "s2"])]
    return scenario
  }

  private static func configuration(_ mock: MockIdP) -> String {
    """
    store: sqlite:idsync.db
    sources:
      people: { kind: csv, file: people.csv }
      directory:
        kind: json
        url: "\(mock[.json]?.baseURL ?? "")"
        path: /people
        auth: { kind: bearer, token: env:JSON_TOKEN }
        items: /data
        total: /meta/total
        paging: { style: cursor, param: after, next: /meta/next }
        fields:
          id: /uid
          email: { path: /mail, transform: [trim, lower] }
          active: { path: /state, transform: [{ map: { ACTIVE: true, "*": false } }] }
        mfa:
          meaning: enforcement
          app: "*"
          value_path: /policy
          values: { REQUIRED: enforced, OPTIONAL: not-enforced }
      scim:
        kind: scim
        url: "\(mock[.scim]?.baseURL ?? "")/scim/v2"
        token: env:SCIM_TOKEN
        mfa: { path: "\(urn):mfaPolicy", meaning: enforcement, enforced_values: [required] }
    teams:
      acme: { roster: people, sign_in: [ { provider: directory, app: any } ] }
      people-team: { roster: scim, sign_in: [ { provider: scim, app: any } ] }
    """
  }

  private func bench() async throws -> Workbench {
    let bench = try await Workbench(Self.scenario(), configuration: Self.configuration)
    try bench.write(
      "team,email,role\nacme,ana@acme.com,admin\nacme,bo@acme.com,member\nacme,cy@acme.com,member\nacme,dee@acme.com,member\n",
      to: "people.csv")
    return bench
  }

  private func secrets(_ bench: Workbench) -> [String: String] {
    [
      "JSON_TOKEN": bench.mock[.json]?.token ?? "", "SCIM_TOKEN": bench.mock[.scim]?.token ?? "",
    ]
  }

  @Test("a run reads all three and says of everybody what can be told")
  func sync() async throws {
    let bench = try await bench()
    let sync = try await bench.run(["sync"], adding: secrets(bench))
    #expect(sync.status == 0, "\(sync.output)\(sync.errors)")
    let rows = try await bench.run("status", "--format", "json").json()["members"]
    let members = (rows as? [[String: Any]] ?? []).map {
      "\($0["team"] ?? "") \($0["email"] ?? "") \($0["verdict"] ?? "")"
    }
    #expect(
      members.sorted() == [
        "acme ana@acme.com enforced", "acme bo@acme.com not-enforced",
        "acme cy@acme.com cannot-tell", "acme dee@acme.com not-evaluated",
        "people-team ana@acme.com enforced", "people-team bo@acme.com not-evaluated",
      ])
    let explained = try await bench.run("explain", "cy@acme.com", "--team", "acme")
    #expect(explained.output.contains("MAYBE"), "\(explained.output)")
    await bench.close()
  }

  @Test("doctor --sample shows one page, the mapped rows and what was not understood")
  func sample() async throws {
    let bench = try await bench()
    let json = try await bench.run(["doctor", "--sample", "directory"], adding: secrets(bench))
    #expect(json.status == 0, "\(json.output)\(json.errors)")
    for word in [
      "directory: GET /people: 2 rows on the page, 4 in all; a next page is named",
      #""mail":"bo@acme.com""#, "not-enforced", "Everything on this page was understood.",
    ] { #expect(json.output.contains(word), "\(json.output)") }
    let machine = try await bench.run(
      ["doctor", "--sample", "scim", "--format", "json"], adding: secrets(bench))
    let sample = try machine.json()
    #expect(sample["schema"] as? String == "idsync.sample/1" && sample["received"] as? Int == 2)
    let notes = (sample["rows"] as? [[String: Any]])?.compactMap { $0["notes"] as? [String] }
    #expect(notes?.last?.first?.contains("mfaPolicy") == true, "\(machine.output)")
    try bench.write("team,email,role\nacme,nobody,admin\n", to: "people.csv")
    let csv = try await bench.run(["doctor", "--sample", "people"], adding: secrets(bench))
    #expect(csv.status == 78 && csv.output.contains("Line 2"), "\(csv.output)")
    #expect(!FileManager.default.fileExists(atPath: bench.path("idsync.db")))
    await bench.close()
  }

  @Test("a sample of an unknown source is bad input, and so is one of a kind that shows none")
  func noSample() async throws {
    let bench = try await bench()
    let unknown = try await bench.run(["doctor", "--sample", "directry"], adding: secrets(bench))
    #expect(unknown.status == 65 && unknown.errors.contains("directory"), "\(unknown.errors)")
    try bench.write(Workbench.configuration(bench.mock), to: "idsync.yaml")
    let okta = try await bench.run("doctor", "--sample", "okta")
    #expect(okta.status == 65 && okta.errors.contains("okta"), "\(okta.errors)")
    await bench.close()
  }

  @Test("a wrong key deep in a configuration is told with file, line and remedy")
  func wrongKeys() async throws {
    let bench = try await bench()
    let good = Self.configuration(bench.mock)
    let cases: [(String, String, [String])] = [
      ("items: /data", "items: data", ["items", "JSON Pointer"]),
      ("value_path: /policy", "value: /policy", ["mfa", "value_path"]),
      ("REQUIRED: enforced", "REQUIRED: enforcd", ["REQUIRED", "enforced"]),
      ("transform: [trim, lower]", "transform: [trim, upper]", ["email", "upper"]),
      ("style: cursor", "style: cursors", ["style", "cursor"]),
      ("file: people.csv", "path: people.csv", ["file"]),
      ("meaning: enforcement, enforced_values", "meaning: enforcement, enforced", ["enforced"]),
    ]
    for (old, new, words) in cases {
      #expect(good.contains(old))
      try bench.write(good.replacingOccurrences(of: old, with: new), to: "idsync.yaml")
      let outcome = try await bench.run("doctor")
      #expect(outcome.status == 78, "\(new): \(outcome.errors)")
      for word in words + ["idsync.yaml:"] {
        #expect(outcome.errors.contains(word), "\(new): \(outcome.errors)")
      }
    }
    await bench.close()
  }
}
