import CurlTransport
import IdentityCore
import MockIdP
import Testing

@testable import ConnectorKit
@testable import GitHub

/// How an organisation is read: paging, tokens, filters, what is shown.
@Suite("GitHub, as it is read") struct GitHubReadingTests {
  private typealias G = GitHubOrgs

  @Test("a large organisation costs its pages, and nothing a person")
  func pages() async throws {
    let platform = G.platform(requires: true, provider: G.provider()) {
      $0.organisations[0].members += (0..<450).map { GitHubPerson("user\($0)", hasTwoFactor: true) }
      $0.organisations[0].identityProvider?.identities += (0..<450).map {
        GitHubIdentity("user\($0)@acme.com", login: "user\($0)")
      }
    }
    try await Bench.run(G.scenario(platform)) { bench in
      let (team, records) = await bench.judgeGitHub()
      #expect(team.isComplete, "\(team.issues)")
      #expect(records.count == 453)
      #expect(records["user449@acme.com"]?.verdict == .enforced)
      let counts = await bench.mock.requestCounts(.github)
      #expect(counts["POST /graphql"] == 5)
      #expect(counts["GET /orgs/{org}/members"] == 8)
      let all = counts.values.reduce(0, +)
      #expect(all == 17)
    }
  }

  @Test("owners are administrators, the last one is told")
  func roles() async throws {
    try await Bench.run(G.scenario(G.platform(requires: true))) { bench in
      let (_, records) = await bench.judgeGitHub()
      #expect(records["root-acme"]?.role == .admin)
      #expect(records["root-acme"]?.findings.contains(FindingSet(.lastAdmin)) == true)
      #expect(records["ana-acme"]?.role == .member)
      #expect(records["guest"]?.role == .collaborator)
      #expect(records["guest"]?.sso == .unavailable)
      #expect(records["ana-acme"]?.platformMFA == .disabled)
    }
  }

  @Test("a secondary limit is waited out, a minute and then longer, and is no lack of rights")
  func secondaryLimit() async throws {
    let limits = [
      Fault(.github, "GET /orgs/{org}", .concurrencyLimited, times: 2),
      Fault(.github, "GET /orgs/{org}", .concurrencyLimited, times: nil),
    ]
    try await Bench.run(G.scenario(G.platform(requires: true), faults: [limits[0]])) { bench in
      let (team, records) = await bench.judgeGitHub()
      #expect(team.isComplete, "\(team.issues)")
      #expect(records["ana-acme"]?.verdict == .enforced)
      #expect(bench.waited >= .seconds(180))
    }
    try await Bench.run(G.scenario(G.platform(requires: true), faults: [limits[1]])) { bench in
      let (team, _) = await bench.judgeGitHub()
      #expect(team.issues.first?.code == "rate-limited")
    }
  }

  @Test("whose role changes while the organisation is read is not gone")
  func promotion() async throws {
    let platform = G.platform(requires: true) {
      $0.organisations[0].members[1].isBetweenRoles = true
    }
    try await Bench.run(G.scenario(platform)) { bench in
      let (team, records) = await bench.judgeGitHub()
      #expect(team.isComplete)
      #expect(records["ana-acme"]?.role == .member)
      #expect(records["root-acme"]?.role == .admin)
    }
  }

  @Test("a list of everybody is believed from an owner, and from nobody else")
  func unfiltered() async throws {
    let platform = G.platform { $0.organisations[0].members[0].hasTwoFactor = false }
    try await Bench.run(G.scenario(platform)) { bench in
      let (team, records) = await bench.judgeGitHub()
      #expect(team.issues.isEmpty)
      #expect(records["ana-acme"]?.platformMFA == .disabled)
      let counts = await bench.mock.requestCounts(.github)
      #expect(counts["GET /user/memberships/orgs/{org}"] == 1)
    }
    try await Bench.run(G.scenario(appPlatform(platform))) { bench in
      let (team, records) = await bench.judgeGitHub {
        $0.credentials = G.credentials
      }
      #expect(team.issues.map(\.code) == ["unfiltered"])
      #expect(team.isComplete)
      #expect(records["ana-acme"]?.platformMFA == .unknown)
      #expect(records["ana-acme"]?.verdict == .notEnforced)
    }
  }

  @Test("an app's installation gets its token by an assertion, once a run")
  func app() async throws {
    try await Bench.run(G.scenario(appPlatform(G.platform(requires: true)))) { bench in
      let (team, records) = await bench.judgeGitHub {
        $0.credentials = G.credentials
      }
      #expect(team.isComplete, "\(team.issues)")
      #expect(records["ana-acme"]?.verdict == .enforced)
      let counts = await bench.mock.requestCounts(.github)
      #expect(counts["POST /app/installations/{installation}/access_tokens"] == 1)
    }
  }

  @Test("links that are refused keep everybody's name: nobody comes, nobody goes")
  func refusedLinks() async throws {
    let platform = G.platform(requires: true, provider: G.provider()) { $0.tokens[0].scopes = [] }
    try await Bench.run(G.scenario(platform)) { bench in
      let (team, records) = await bench.judgeGitHub()
      #expect(!team.isComplete)
      #expect(records.isEmpty)
    }
  }

  @Test("a token that is not authorised for single sign-on says so")
  func sso() async throws {
    let platform = G.platform(requires: true, provider: G.provider()) {
      $0.tokens[0].isAuthorisedForSSO = false
    }
    try await Bench.run(G.scenario(platform)) { bench in
      let (team, _) = await bench.judgeGitHub()
      #expect(team.issues.first?.remedy.contains("single sign-on") == true)
    }
  }

  @Test("a login of several identities is asked about at none of them alone")
  func severalIdentities() async throws {
    for (second, verdict) in [("bo@acme.com", Verdict.cannotTell), ("ANA@acme.com", .enforced)] {
      let platform = G.platform(provider: G.provider()) {
        $0.organisations[0].identityProvider?.identities
          .append(GitHubIdentity(second, login: "ana-acme"))
      }
      try await Bench.run(G.scenario(platform)) { bench in
        let (team, records) = await bench.judgeGitHub(signIn: .enforced) { $0.saml = .enforced }
        #expect(team.isComplete, "\(team.issues)")
        #expect(records[G.ana]?.verdict == verdict, "\(records[G.ana]?.reason ?? "")")
        #expect(team.issues.contains { $0.code == "contradiction" } == (verdict == .cannotTell))
      }
    }
  }

  @Test("an Enterprise Server has GraphQL beside its REST API")
  func enterpriseServer() {
    for (url, expected) in [
      ("https://ghe.acme.com/api/v3/", "https://ghe.acme.com/api/graphql"),
      ("https://api.github.com", "https://api.github.com/graphql"),
    ] {
      let configuration = GitHubConfiguration(
        name: "github", url: url, credentials: .token(Secret("t")))
      #expect(configuration.graphQLURL == expected)
    }
  }

  @Test("doctor tells what the token may do and which organisations it owns")
  func doctor() async throws {
    try await Bench.run(G.scenario(G.platform())) { bench in
      let lines = await bench.github().diagnose()
      #expect(lines.allSatisfy { $0.outcome == .good }, "\(lines)")
      #expect(lines.contains { $0.message.contains("owner of acme") })
    }
    let poor = G.platform {
      $0.tokens[0].scopes = ["repo"]
      $0.tokens[0].isOwner = false
    }
    try await Bench.run(G.scenario(poor)) { bench in
      let lines = await bench.github().diagnose()
      #expect(lines.contains { $0.check == "scope read:org" && $0.outcome == .failure })
    }
  }

  private func appPlatform(_ platform: GitHubPlatform) -> GitHubPlatform {
    var platform = platform
    platform.apps = [G.app]
    return platform
  }
}
