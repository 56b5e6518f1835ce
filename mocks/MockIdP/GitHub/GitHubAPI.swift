internal import Foundation

/// Answers as GitHub does: the REST API of 2022-11-28 and the part of GraphQL that shows identity providers.
struct GitHubAPI: VendorAPI {
  /// Who asks, and of what.
  struct Context: Sendable {
    let platform: GitHubPlatform
    let state: MockState
    /// Nil for an app's installation and where no credentials are asked for.
    let token: GitHubToken?
    /// What an installation may read; nil for a personal token.
    let permissions: [String]?

    /// Whether settings and filters of owners are shown.
    var isOwner: Bool {
      permissions?.contains("organization_administration") ?? (token?.isOwner == true)
    }
  }

  static let vendor = Vendor.github
  /// The scope of endpoints that take an app's assertion.
  static let app = "-"
  let state: MockState
  let router = Router(routes: GitHubReads.routes + GitHubGraph.routes + GitHubAppEndpoint.routes)

  private static let versions: Set<String> = ["2022-11-28", "2026-03-10"]

  func answer(_ call: Call, _ route: Route<Context>) async throws -> Reply {
    guard call.headers["user-agent"]?.isEmpty == false else {
      throw Refusal(
        status: 403, code: "forbidden",
        message:
          "Request forbidden by administrative rules. Please make sure your request has a User-Agent header."
      )
    }
    if let version = call.headers["x-github-api-version"], !Self.versions.contains(version) {
      throw Refusal(
        status: 400, code: "bad_request", message: "\(version) is not a supported version.")
    }
    let platform = await state.organisation.scenario[GitHubPlatform.self]
    if route.scope == Self.app {
      return try await route.answer(
        call, Context(platform: platform, state: state, token: nil, permissions: nil))
    }
    let context = try await authorise(call, platform)
    try checkScope(context, route)
    if let login = call.captures["org"] { try checkSSO(context, login) }
    var reply = try await route.answer(call, context)
    if let token = context.token {
      reply.setHeader("X-OAuth-Scopes", token.scopes.joined(separator: ", "))
    }
    if call.method == "GET" { tag(&reply, call) }
    return reply
  }

  private func authorise(_ call: Call, _ platform: GitHubPlatform) async throws -> Context {
    let parts = (call.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    let bad = Refusal(status: 401, code: "unauthorized", message: "Bad credentials")
    guard parts.count == 2, ["bearer", "token"].contains(parts[0].lowercased()) else { throw bad }
    if let token = platform.tokens.first(where: { $0.token == parts[1] }) {
      return Context(platform: platform, state: state, token: token, permissions: nil)
    }
    guard let token = await state.accessToken(parts[1]), token.expires > .now else { throw bad }
    return Context(
      platform: platform, state: state, token: nil, permissions: Array(token.scopes))
  }

  private func checkScope(_ context: Context, _ route: Route<Context>) throws {
    guard route.scope == "read:org" else { return }
    if let token = context.token {
      guard !Set(token.scopes).isDisjoint(with: ["read:org", "write:org", "admin:org"]) else {
        throw Refusal(
          status: 403, code: "forbidden", message: "You need at least read:org scope.")
      }
    } else if context.permissions?.contains("members") != true {
      throw Refusal(
        status: 403, code: "forbidden", message: "Resource not accessible by integration")
    }
  }

  private func checkSSO(_ context: Context, _ login: String) throws {
    guard let token = context.token, !token.isAuthorisedForSSO,
      let organisation = context.platform.organisation(login),
      organisation.identityProvider != nil, !organisation.hasPartialResults
    else { return }
    throw Refusal(
      status: 403, code: "forbidden",
      message:
        "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
      headers: [
        (
          "X-GitHub-SSO",
          "required; url=https://github.com/orgs/\(login)/sso?authorization_request=mock"
        )
      ])
  }

  private func tag(_ reply: inout Reply, _ call: Call) {
    guard reply.status == 200 else { return }
    let hash = Identifier.hash(bytes: reply.body, from: Identifier.hash(call.path + call.query))
    let tag = "W/\"\(String(hash, radix: 16))\""
    if call.headers["if-none-match"] == tag {
      reply = Reply(status: 304, headers: reply.headers.filter { $0.name == "Link" })
    }
    reply.setHeader("ETag", tag)
  }

  // MARK: Replies

  func reply(to refusal: Refusal) -> Reply {
    let message = refusal.code == "not_found" ? "Not Found" : refusal.message
    var reply = Reply(
      status: refusal.status,
      json: [
        "message": .string(message), "documentation_url": "https://docs.github.com/rest",
        "status": .string(String(refusal.status)),
      ])
    reply.headers += refusal.headers
    return reply
  }

  func finish(_ reply: inout Reply, _ call: Call) async {
    let serial = await state.nextSerial()
    reply.setHeader("Date", HTTPDate.now())
    reply.setHeader(
      "X-GitHub-Request-Id", Identifier.uuid("github \(serial)").uppercased().prefix(23).description
    )
    guard reply.header("X-RateLimit-Remaining") == nil else { return }
    let reset = Int(Date().timeIntervalSince1970) + 3600
    for (name, value) in [
      ("Limit", "15000"), ("Remaining", "14990"), ("Used", "10"), ("Reset", String(reset)),
      ("Resource", call.path == "/graphql" ? "graphql" : "core"),
    ] { reply.setHeader("X-RateLimit-\(name)", value) }
  }

  // MARK: Faults

  func limitRefusal(_ fault: Fault) -> Refusal {
    guard fault.kind != .concurrencyLimited else {
      // A secondary limit is told by its text alone.
      return Refusal(
        status: 403, code: "rate_limit",
        message:
          "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        headers: [("X-RateLimit-Limit", "5000"), ("X-RateLimit-Remaining", "4900")])
    }
    let reset = Int(Date().timeIntervalSince1970) + Int((fault.seconds ?? 1).rounded(.up))
    return Refusal(
      status: 403, code: "rate_limit", message: "API rate limit exceeded for user ID 1.",
      headers: [
        ("X-RateLimit-Limit", "5000"), ("X-RateLimit-Remaining", "0"),
        ("X-RateLimit-Reset", String(reset)),
      ])
  }
}

extension GitHubPlatform {
  /// The organisation with a login, in any case.
  func organisation(_ login: String) -> GitHubOrganisation? {
    organisations.first { $0.login.lowercased() == login.lowercased() }
  }
}
