import IdentityCore
import Testing

@testable import GitHub

@Suite("GitHub, a filter that is refused") struct GitHubFilterTests {
  @Test("GitHub: the second factors of one kind of people are known without those of the other")
  func filters() async throws {
    let lists = GitHubFactorLists(members: .init(disabled: [1], insecure: [2]))
    #expect(lists.lacksFactor(1, isOutside: false) == .yes)
    #expect(lists.lacksFactor(2, isOutside: false) == .no && lists.isWeak(2, isOutside: false))
    #expect(lists.lacksFactor(1, isOutside: true) == .unknown)
    #expect(!lists.isWeak(2, isOutside: true))
  }
}
