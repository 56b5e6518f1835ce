internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// Who of an organisation or enterprise is linked to its identity provider: read through GraphQL, a hundred at a time.
struct GitHubIdentities: Sendable {
  /// Whose identity provider is asked for.
  enum Owner: Sendable, Hashable {
    case organisation(String)
    case enterprise(String)
  }

  let client: APIClient
  let url: String
  let owner: Owner

  private static let provider =
    "{ssoUrl issuer externalIdentities(first:100,after:$after){nodes{guid samlIdentity{nameId username} "
    + "scimIdentity{username} user{login databaseId}} pageInfo{hasNextPage endCursor}}}"

  private var query: String {
    switch owner {
    case .organisation:
      "query($login:String!,$after:String){organization(login:$login){samlIdentityProvider"
        + Self.provider + "}}"
    case .enterprise:
      "query($login:String!,$after:String){enterprise(slug:$login){ownerInfo{samlIdentityProvider"
        + Self.provider + "}}}"
    }
  }

  private var login: String {
    switch owner {
    case .organisation(let login), .enterprise(let login): login
    }
  }

  /// Reads the provider with all identities; nil when there is no provider.
  ///
  /// Page after page by our own hand: the cursor stands in the body, where a renewed credential could not find it again.
  func read() async throws(ConnectorError) -> GitHubWire.IdentityProvider? {
    var provider: GitHubWire.IdentityProvider?
    var seen: [String: GitHubWire.Identity] = [:]
    var repeats = 0
    var cursors: Set<String> = []
    var cursor: String?
    var page = 1
    while true {
      let request = client.post("/graphql", url: url, body(after: cursor))
      let (part, next) = try await self.page(page, request)
      guard var found = part else {
        // A provider that was there a page ago and is not any more: the list is not whole.
        guard page == 1 else { throw client.duplicate(request.endpoint, page: page, row: 1) }
        return nil
      }
      var fresh: [GitHubWire.Identity] = []
      for (index, identity) in found.identities.enumerated() {
        if let known = seen[identity.guid] {
          guard known == identity else {
            throw client.duplicate(request.endpoint, page: page, row: index + 1)
          }
          // A cursor says where a page begins: a row that comes again is the same one.
          repeats += 1
        } else {
          seen[identity.guid] = identity
          fresh.append(identity)
        }
      }
      found.identities = fresh
      if provider == nil {
        provider = found
      } else {
        provider?.identities += found.identities
      }
      provider?.repeats = repeats
      guard let next else { return provider }
      guard cursors.insert(next).inserted, page < Self.maxPages else {
        throw ConnectorError(
          .cursorLoop, source: client.source.name, call: request.endpoint, page: page, status: 200,
          message:
            "\(request.endpoint) at GitHub named a next page that was read before (page \(page)).")
      }
      cursor = next
      page += 1
    }
  }

  private static let maxPages = 10_000

  /// One page, with the cursor of the next.
  private func page(
    _ page: Int, _ request: HTTPRequest
  ) async throws(ConnectorError) -> (GitHubWire.IdentityProvider?, next: String?) {
    let document: JSONValue
    do throws(ConnectorError) {
      document = try await client.wholeValue(request)
    } catch {
      throw error.on(page: page)
    }
    let reply: GitHubWire.Reply
    do throws(WireError) {
      reply = try GitHubWire.Reply(document)
    } catch {
      throw client.malformed(error, request, page: page)
    }
    if let type = reply.error { throw refusal(type, request, page) }
    do throws(WireError) {
      guard let json = try provider(reply.data) else { return (nil, nil) }
      let info = try json.required("externalIdentities", .object, Self.object)
        .required("pageInfo", .object, Self.object)
      let cursor = try info.optional("endCursor", .string, \.string)
      let goesOn = try info.required("hasNextPage", .bool, \.bool)
      if goesOn, cursor?.isEmpty != false {
        throw WireError.expected(.string, found: .null, path: "pageInfo/endCursor")
      }
      return (try GitHubWire.IdentityProvider(json), goesOn ? cursor : nil)
    } catch {
      throw client.malformed(error, request, page: page)
    }
  }

  private static let object: @Sendable (JSONValue) -> JSONValue? = { $0.object == nil ? nil : $0 }

  /// An error that GraphQL reports with status 200.
  private func refusal(_ type: String, _ request: HTTPRequest, _ page: Int) -> ConnectorError {
    let code: ConnectorError.Code =
      switch type {
      case "FORBIDDEN", "INSUFFICIENT_SCOPES": .forbidden
      case "NOT_FOUND": .notFound
      case "RATE_LIMITED": .rateLimited
      default: .refused
      }
    let word = String(type.filter { $0.isASCII && ($0.isLetter || $0 == "_") }.prefix(40))
    return ConnectorError(
      code, source: client.source.name, call: request.endpoint, page: page, status: 200,
      vendorCode: word,
      message: "GitHub did not show who is linked to the identity provider of \(login) (\(word)).",
      request: request.redacted)
  }

  private func body(after cursor: String?) -> JSONValue {
    .object([
      "query": .string(query),
      "variables": .object([
        "login": .string(login), "after": cursor.map { .string($0) } ?? .null,
      ]),
    ])
  }

  /// The provider in the data of a reply; nil when there is none.
  private func provider(_ data: JSONValue?) throws(WireError) -> JSONValue? {
    guard let data else { throw WireError.expected(.object, found: .missing, path: "data") }
    let root: JSONValue
    switch owner {
    case .organisation: root = try data.required("organization", .object, Self.object)
    case .enterprise:
      root = try data.required("enterprise", .object, Self.object)
        .required("ownerInfo", .object, Self.object)
    }
    try root.demand(["samlIdentityProvider"])
    return try root.optional("samlIdentityProvider", .object, Self.object)
  }
}

extension ConnectorError {
  /// The same failure, on a page of a list.
  fileprivate func on(page: Int) -> ConnectorError {
    ConnectorError(
      code, source: source, call: call, page: page, status: status, vendorCode: vendorCode,
      message: message, request: request, cause: cause)
  }
}
