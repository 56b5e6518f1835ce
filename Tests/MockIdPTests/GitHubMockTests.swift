import Foundation
import MockIdP
import Testing

@Suite("GitHub's mock is as strict as GitHub") struct GitHubMockTests {
  private static func withGitHub(
    isOwner: Bool = true, _ body: @Sendable (Client) async throws -> Void
  ) async throws {
    var platform = GitHubPlatform()
    platform.tokens[0].isOwner = isOwner
    platform.organisations = [
      GitHubOrganisation(
        "acme", requiresTwoFactor: true,
        members: (0..<120).map { GitHubPerson("user\($0)", hasTwoFactor: $0 > 0) },
        identityProvider: GitHubIdentityProvider(
          issuer: "https://idp.acme.com", ssoURL: "https://idp.acme.com/sso",
          identities: (0..<120).map { GitHubIdentity("user\($0)@acme.com", login: "user\($0)") }))
    ]
    var scenario = Scenario()
    scenario[GitHubPlatform.self] = platform
    try await withMock(scenario) { mock async throws in
      let github = mock[.github]
      try await body(
        Client(
          baseURL: github?.baseURL ?? "",
          headers: [
            "Authorization": "Bearer \(github?.token ?? "")", "User-Agent": "test/1",
            "Accept": "application/vnd.github+json",
          ]))
    }
  }

  @Test("pages have a hundred rows at most and link to the next")
  func paging() async throws {
    try await Self.withGitHub { client in
      let first = try await client.get("/orgs/acme/members?per_page=500")
      #expect(try first.rows().count == 100)
      let next = try #require(first.link("next"))
      #expect(next.contains("page=2"))
      let last = try await client.get(String(next.dropFirst(client.baseURL.count)))
      #expect(try last.rows().count == 20)
      #expect(last.link("next") == nil)
    }
  }

  @Test("only owners see the requirement and may filter by second factor")
  func owners() async throws {
    try await Self.withGitHub { client in
      let organisation = try await client.get("/orgs/ACME").json()
      #expect(organisation["two_factor_requirement_enabled"] == .bool(true))
      #expect(try await client.get("/orgs/acme/members?filter=2fa_disabled").rows().count == 1)
    }
    try await Self.withGitHub(isOwner: false) { client in
      let organisation = try await client.get("/orgs/acme").json()
      #expect(organisation["two_factor_requirement_enabled"] == .null)
      #expect(try await client.get("/orgs/acme/members?filter=2fa_disabled").status == 422)
      #expect(try await client.get("/orgs/acme/outside_collaborators").status == 403)
    }
  }

  @Test("a wrong token, version, role or organisation is turned down, as GitHub words it")
  func refusals() async throws {
    try await Self.withGitHub { client in
      let bad = try await client.with("Authorization", "Bearer ghp_other").get("/orgs/acme")
      #expect(bad.status == 401)
      #expect(try bad.json()["message"] == "Bad credentials")
      let old = try await client.get("/orgs/acme", ["X-GitHub-Api-Version": "2019-01-01"])
      #expect(old.status == 400)
      #expect(try await client.get("/orgs/acme/members?role=boss").status == 422)
      #expect(try await client.get("/orgs/other").status == 404)
    }
  }

  @Test("an unchanged list is confirmed by its tag")
  func conditional() async throws {
    try await Self.withGitHub { client in
      let first = try await client.get("/orgs/acme/members")
      let tag = try #require(first.headers["etag"])
      let again = try await client.get("/orgs/acme/members", ["If-None-Match": tag])
      #expect(again.status == 304)
    }
  }

  @Test("GraphQL pages by cursor, and answers errors with 200")
  func graph() async throws {
    let query =
      "query($login:String!,$after:String){organization(login:$login){samlIdentityProvider{issuer externalIdentities(first:100,after:$after){nodes{guid user{login}} pageInfo{hasNextPage endCursor}}}}}"
    @Sendable func body(_ login: String, _ query: String) -> String {
      #"{"query":"\#(query)","variables":{"login":"\#(login)","after":null}}"#
    }
    try await Self.withGitHub { client in
      let json = ["Content-Type": "application/json"]
      let page = try await client.send("POST", "/graphql", json, body: body("acme", query)).json()
      let identities = page["data"]?["organization"]?["samlIdentityProvider"]?["externalIdentities"]
      #expect(identities?["nodes"]?.elements?.count == 100)
      #expect(identities?["pageInfo"]?["hasNextPage"] == .bool(true))
      let unknown = try await client.send("POST", "/graphql", json, body: body("other", query))
      #expect(unknown.status == 200)
      #expect(try unknown.json()["errors"]?.elements?.first?["type"] == "NOT_FOUND")
      let strange = query.replacingOccurrences(of: "issuer", with: "password")
      let refused = try await client.send("POST", "/graphql", json, body: body("acme", strange))
      #expect(try refused.json()["data"] == nil)
    }
    try await Self.withGitHub(isOwner: false) { client in
      let answer = try await client.send(
        "POST", "/graphql", ["Content-Type": "application/json"], body: body("acme", query))
      #expect(try answer.json()["errors"]?.elements?.first?["type"] == "FORBIDDEN")
    }
  }
}
