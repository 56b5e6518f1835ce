import ConnectorKit
import IdentityCore
import Testing

@testable import Worker

@Suite("Applications of one source") struct ManyApplicationsTests {
  /// A provider that can judge every application that it is asked for.
  private struct Provider: ProviderConnector {
    let name: SourceName = "idp"
    let kind = "fixture"

    func readProvider(_ query: ProviderQuery, progress: Progress) async -> ProviderReading {
      let apps = query.apps.map { app in
        ProviderApp(
          id: app, label: app,
          state: .readable(SignInModel(policy: .demand(.multiFactor, by: nil))))
      }
      return ProviderReading(
        source: SourceReading(
          name: name, kind: kind, startedAt: Timestamp(milliseconds: 0),
          observedAt: Timestamp(milliseconds: 0)),
        apps: apps, accounts: AccountTable(atomCount: 0))
    }
  }

  @Test("any number of them is asked for and judged")
  func many() async throws {
    let apps = (0..<300).map { "app\($0)" }
    let team = TeamSettings(
      name: "acme-widgets", roster: "csv",
      signIn: apps.map { SignInTarget(provider: "idp", app: $0) })
    let reader = SourceReader(
      rosters: [], providers: [Provider()], teams: [team], hosts: [:], routes: [:],
      progress: .none)
    let reading = try #require(await reader.read().providers["idp"])
    #expect(reading.apps.map(\.id) == apps)
    let isJudged = reading.apps.allSatisfy { app in
      if case .readable = app.state { true } else { false }
    }
    #expect(isJudged)
  }
}
