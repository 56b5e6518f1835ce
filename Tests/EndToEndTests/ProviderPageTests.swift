import Foundation
import MockIdP
import TestSupport
import Testing

/// `docs/providers` says what the program says.
@Suite("The pages of the kinds of sources")
struct ProviderPageTests {
  @Test("each kind has its page, as the program writes it")
  func pages() async throws {
    let bench = try await Workbench(Scenario()) { _ in "" }
    let kinds = try await bench.run("providers", "--format", "json").json()["kinds"]
    let words = (kinds as? [[String: Any]] ?? []).compactMap { $0["kind"] as? String }
    #expect(words.count > 16)
    for word in words {
      let page = Repository.root.appending(path: "docs/providers/\(word).md")
      let written = try String(contentsOf: page, encoding: .utf8)
      let told = try await bench.run("providers", word, "--format", "markdown").output
      #expect(written == told, "scripts/provider-pages writes \(word).md")
    }
    let folder = Repository.root.appending(path: "docs/providers").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(Set(files) == Set(words.map { "\($0).md" }))
    await bench.close()
  }
}
