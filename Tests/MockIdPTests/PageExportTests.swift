import Foundation
import MockIdP
import Testing

@Suite("Page export") struct PageExportTests {
  @Test("every page of every list becomes a file, and the map leads from one to the next")
  func pages() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("mock-export-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let export = PageExport(
      scenario: .generate(people: 450, teamSize: 30), output: folder.path, herokuPort: 8081,
      oktaPort: 8082)
    let summary = try await export.write([
      .init(vendor: .okta, target: "/api/v1/users?limit=200"),
      .init(vendor: .heroku, target: "/teams/acme-widgets/members", range: "email ..; max=20"),
    ])
    #expect(summary.pages == 5)
    let files = try FileManager.default.subpathsOfDirectory(
      atPath: folder.appendingPathComponent("pages").path)
    #expect(files.filter { $0.hasSuffix(".json") }.count == 5)
    let maps = try String(
      contentsOf: folder.appendingPathComponent("maps.conf"), encoding: .utf8)
    #expect(maps.contains("rel=\\\"next\\\""))
    #expect(maps.contains("http://127.0.0.1:8082/api/v1/users?after="))
    #expect(maps.contains("email ]"))
  }

  @Test("the first requests of a log are taken, later pages are not")
  func fromLog() async throws {
    try await withMock(.generate(people: 450, teamSize: 30)) { mock async throws in
      let client = Client.okta(mock)
      let first = try await client.get("/api/v1/users?limit=200")
      _ = try await client.get(try #require(first.link("next")))
      _ = try await client.get("/api/v1/nothing")
      let requests = PageExport.requests(in: await mock.requests())
      #expect(requests == [.init(vendor: .okta, target: "/api/v1/users?limit=200")])
    }
  }

  @Test("a request that the mock refuses ends the export")
  func refused() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("mock-export-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let export = PageExport(
      scenario: Scenario(), output: folder.path, herokuPort: 8081, oktaPort: 8082)
    await #expect(throws: PageExportError.self) {
      try await export.write([.init(vendor: .okta, target: "/api/v1/users?limit=999")])
    }
  }
}
