import IdentityCore
import MockIdP

@testable import GitHub

extension ConformanceCase {
  static let github = githubCase("GitHub", []) { bench in
    try await read(bench.github { $0.saml = .enforced })
  }

  /// The same by an app's installation, whose tokens end and are renewed.
  static let githubApp = githubCase("GitHub App", [.renewsCredential]) { bench in
    let connector = bench.github {
      $0.saml = .enforced
      $0.credentials = GitHubOrgs.credentials
    }
    return try await read(connector)
  }

  private static func read(_ connector: GitHubConnector) async throws -> ConformanceReading {
    let people = ["root", "ana", "bo"].map { "\($0)@acme.com" }
    return try await ConformanceReading(
      of: connector, team: GitHubOrgs.org,
      signIn: SignInTarget(provider: "behind", app: "enforced"),
      provider: Behind.reading(people, hosts: ["idp.acme.com"]))
  }

  private static func githubCase(
    _ name: String, _ capabilities: Set<Capability>, _ read: @escaping Reader
  ) -> ConformanceCase {
    var endpoints = [
      // Null is how GitHub refuses to tell.
      Endpoint("GET /orgs/{org}", required: ["login", "two_factor_requirement_enabled"]),
      Endpoint("GET /orgs/{org}/members", .list, required: ["id", "login"], hasUniqueRows: false),
      Endpoint(
        "GET /orgs/{org}/outside_collaborators", .list, required: ["id", "login"],
        hasUniqueRows: false),
      Endpoint("POST /graphql", required: ["data", "data.organization"]),
    ]
    if capabilities.contains(.renewsCredential) {
      endpoints.append(
        Endpoint(
          "POST /app/installations/{installation}/access_tokens",
          required: ["token", "expires_at"]))
    }
    var kase = ConformanceCase(
      name, vendor: .github, small: githubScenario(), paged: githubScenario(others: 6),
      empty: {
        var platform = GitHubPlatform()
        platform.organisations = [GitHubOrganisation(GitHubOrgs.org)]
        return scenario(platform)
      }(), endpoints: endpoints, capabilities: capabilities.union([.pagedByLink]),
      absences: [
        "POST /graphql /data/organization/samlIdentityProvider/externalIdentities/nodes/*/user nulled":
          "null is an identity that no member is linked to"
      ],
      secrets: Array(
        GitHubOrgs.privateKey.split(separator: "\n").dropFirst().prefix(1)
          .map(String.init)) + ["ghp_mockOwner0000000000000000000000000001"], read: read)
    kase.emptyIsComplete = false
    return kase
  }

  private static func scenario(_ platform: GitHubPlatform) -> Scenario {
    var platform = platform
    platform.apps = [GitHubOrgs.app]
    return GitHubOrgs.scenario(platform)
  }

  /// An owner and a member linked to the identity provider, a member who is not, and an outsider.
  private static func githubScenario(others: Int = 0) -> Scenario {
    var platform = GitHubPlatform()
    var provider = GitHubOrgs.provider(links: "ana")
    provider.identities.append(GitHubIdentity("root@acme.com", login: "root"))
    var organisation = GitHubOrganisation(
      GitHubOrgs.org,
      members: [
        GitHubPerson("root", isOwner: true, hasTwoFactor: true), GitHubPerson("ana"),
        GitHubPerson("bo", hasTwoFactor: true),
      ], outside: [GitHubPerson("guest", hasTwoFactor: true), GitHubPerson("guest2")],
      identityProvider: provider)
    for number in 0..<others {
      // Every list and every filter has three pages.
      organisation.members += [
        GitHubPerson("owner\(number)", isOwner: true), GitHubPerson("user\(number)"),
        GitHubPerson("weak\(number)", hasTwoFactor: true, isInsecure: true),
      ]
      organisation.outside += [
        GitHubPerson("guest-off\(number)"),
        GitHubPerson("guest-weak\(number)", hasTwoFactor: true, isInsecure: true),
      ]
    }
    if others > 0 { platform.largestPage = 2 }
    platform.organisations = [organisation]
    return scenario(platform)
  }
}
