import Foundation
import MockIdP
import Testing

@Suite("Teams that are only read, end to end", .serialized)
struct RosterPlaceTests {
  @Test("a CSV team is listed from the store; changing it names the file; no command is offered")
  func csv() async throws {
    let bench = try await Workbench(TestScenario.team()) { mock in
      """
      store: sqlite:idsync.db
      sources:
        people: { kind: csv, file: people.csv }
        okta: { kind: okta, url: "\(mock.okta.baseURL)", token: env:OKTA_TOKEN, sso_hosts: [acme.okta.com] }
      teams:
        acme-widgets: { roster: people, sign_in: [ { provider: okta, app: \(TestScenario.app) } ] }
      """
    }
    try bench.write(
      "team,email,role\nacme-widgets,ana@acme.com,admin\nacme-widgets,gone@acme.com,member\n",
      to: "people.csv")
    _ = try await bench.run("sync", "-q")
    let listed = try await bench.run("members", "list", "--team", "acme-widgets")
    #expect(listed.status == 0 && listed.output.contains("gone@acme.com"), "\(listed)")
    #expect(listed.errors.contains("people.csv"), "\(listed.errors)")
    let removed = try await bench.run(
      "members", "remove", "gone@acme.com", "--team", "acme-widgets", "--yes")
    #expect(removed.status == 65 && removed.errors.contains("people.csv"), "\(removed)")
    let status = try await bench.run("status")
    #expect(status.output.contains("the file people.csv"), "\(status.output)")
    #expect(!status.output.contains("members remove"), "\(status.output)")
    #expect(!status.output.contains("members set"), "\(status.output)")
    await bench.close()
  }

  @Test("an address that begins with a dash is told how to be written, and nothing is done")
  func dashes() async throws {
    let bench = try await Workbench(TestScenario.team())
    for words in [
      ["explain", "-dash@acme.com"],
      ["members", "remove", "-dash@acme.com", "--team", "acme-widgets", "--yes"],
      ["history", "-dash@acme.com"],
    ] {
      let outcome = try await bench.run(words)
      #expect(outcome.status == 64 && outcome.errors.contains("-- -dash@acme.com"), "\(outcome)")
    }
    _ = try await bench.run("sync", "-q")
    let unknown = try await bench.run("history", "an@acme.com")
    #expect(unknown.status == 65 && unknown.errors.contains("Did you mean ana@acme.com?"))
    let command = try await bench.run("syn")
    #expect(command.status == 64 && command.errors.contains("Did you mean sync?"), "\(command)")
    let kind = try await bench.run("status", "--finding", "nomfa")
    #expect(kind.status == 64 && kind.errors.contains("Did you mean no-mfa?"), "\(kind)")
    await bench.close()
  }
}
