internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// Reads the keys of an endpoint; tells everything that is wrong with them.
struct EndpointParser {
  let keys: any SourceKeys

  /// Where the request about one person goes, if not to the list's own host, and what it proves itself with there.
  struct Remote {
    var url: URLHandle?
    var auth: AuthParser.Maker?
  }

  /// The plan without name and addresses, which are known later.
  func plan() -> (plan: EndpointPlan, remote: Remote)? {
    let variables = variables()
    let list = list(keys, allowed: Set(variables.keys).union(["team"]))
    let fields = fields()
    let join = join(Set(variables.keys))
    let (detail, remote) = detail(Set(variables.keys))
    let verdicts = VerdictParser(fields: fields).plan(
      keys.mapping("mfa"), hasJoin: join != nil, hasDetail: detail != nil)
    let rate = keys.choice("rate_headers", RateWord.self) ?? .ietf
    let maxPages = keys.integer("max_pages", in: 1...100_000) ?? 10_000
    let maxItems = keys.integer("max_items", in: 1...100_000_000)
    check(fields, hasJoin: join != nil, hasDetail: detail != nil)
    guard let list else { return nil }
    let plan = EndpointPlan(
      name: "", url: "", list: list, fields: fields, verdicts: verdicts, join: join,
      detail: detail, variables: variables, rateHeaders: rate.headers, maxPages: maxPages,
      maxItems: maxItems)
    return (plan, remote)
  }

  private enum RateWord: String, CaseIterable {
    case ietf, github, okta, auth0, onelogin, none

    /// The manner of those whose fields others took over.
    var headers: RateHeaders {
      switch self {
      case .ietf: .ietf
      case .github:
        RateHeaders(
          .triple(prefix: "X-RateLimit-", reset: .epochSeconds), refusesByForbidding: true)
      case .okta:
        RateHeaders(
          .triple(prefix: "X-Rate-Limit-", reset: .epochSeconds), countsPerEndpoint: true,
          zeroOfZeroIsConcurrency: true)
      case .auth0: RateHeaders(.triple(prefix: "X-RateLimit-", reset: .epochSeconds))
      case .onelogin: RateHeaders(.triple(prefix: "X-RateLimit-", reset: .secondsFromNow))
      case .none: .none
      }
    }
  }

  private func variables() -> [String: String] {
    guard let section = keys.mapping("variables") else { return [:] }
    var result: [String: String] = [:]
    for name in section.names { result[name] = section.string(name) }
    section.finish()
    return result
  }

  // MARK: Fields

  private func fields() -> FieldMap {
    guard let section = keys.mapping("fields") else {
      keys.missing("fields")
      return FieldMap()
    }
    var map = FieldMap()
    for name in section.names {
      guard let field = FieldName(rawValue: name) else { continue }
      if let plan = section.field(name, isList: field.isList) {
        map.fields.append((name: field, plan: plan))
      }
    }
    // Those that are left out are known all the same: a misspelt one is told the nearest of all.
    for name in FieldName.allCases where !section.names.contains(name.rawValue) {
      _ = section.value(name.rawValue)
    }
    if !section.names.contains("id") { section.missing("id") }
    if ["email", "emails", "login"].allSatisfy({ !section.names.contains($0) }) {
      section.reject("name email, emails or login: people are matched by them")
    }
    // What nobody asked for is no field.
    section.finish()
    return map
  }

  private func check(_ fields: FieldMap, hasJoin: Bool, hasDetail: Bool) {
    for (name, plan) in fields.fields {
      if plan.place == .join && !hasJoin || plan.place == .detail && !hasDetail {
        keys.reject(
          "fields",
          "\(name.rawValue): from: \(plan.place.rawValue), but there is no \(plan.place.rawValue)")
      }
      let early: Set<FieldName> = [.id, .login, .email, .emails, .team]
      if early.contains(name), plan.place != .item {
        keys.reject("fields", "\(name.rawValue) must stand in the item itself")
      }
    }
  }

  // MARK: Lists

  private func list(_ keys: any SourceKeys, allowed: Set<String>) -> ListPlan? {
    let request = request(keys, allowed: allowed)
    let items = keys.requiredQuery("items")
    let isKeyed = keys.bool("items_by_key") ?? false
    let paging = keys.mapping("paging").map { PagingParser(keys: $0).plan() } ?? PagingPlan()
    let total = keys.query("total")
    let errorPath = keys.query("error_path")
    if isKeyed, case .path(let path)? = items, !path.isSingular {
      keys.reject("items_by_key", "items must then lead to one object, not to its members")
    }
    if paging.style == .tokenInBody {
      if case .text? = request?.body {
        keys.reject("body", "token_in_body needs a mapping here, not a text")
      }
      if request?.method == .get {
        keys.reject("paging", "token_in_body needs method: POST")
      }
    }
    if paging.stop == .total, total == nil, paging.style == .page {
      keys.reject("paging", "stop: total needs the key total")
    }
    guard let request, let items else { return nil }
    return ListPlan(
      request: request, items: items, isKeyed: isKeyed, paging: paging, total: total,
      errorPath: errorPath)
  }

  func request(_ keys: any SourceKeys, allowed: Set<String>) -> RequestPlan? {
    let method = keys.choice("method", RequestPlan.Method.self)
    let text = keys.string("path") ?? ""
    let path = keys.template(text, "path", allowed)
    if !text.isEmpty, !text.hasPrefix("/"), !text.hasPrefix("?") {
      keys.reject("path", "a path begins with / and is added to url")
    }
    let query = keys.templates("query", allowed: allowed)
    let headers = keys.templates("headers", allowed: allowed)
    for (name, _) in headers where Self.guarded.contains(name.lowercased()) {
      keys.reject("headers", "\(name) belongs under auth, where secrets are referred to")
    }
    let accept = keys.string("accept")
    let body = keys.value("body").flatMap { self.body($0, keys, allowed) }
    if body != nil, method != .post { keys.reject("body", "a body needs method: POST") }
    guard let path else { return nil }
    return RequestPlan(
      method: method ?? .get, path: path, query: query, headers: headers, body: body,
      accept: accept ?? "application/json")
  }

  private static let guarded: Set<String> = [
    "authorization", "proxy-authorization", "cookie", "x-api-key", "api-key",
  ]

  private func body(
    _ value: JSONValue, _ keys: any SourceKeys, _ allowed: Set<String>
  ) -> RequestPlan.Body? {
    if let text = value.string { return keys.template(text, "body", allowed).map { .text($0) } }
    return RequestPlan.Node.template(value, keys, allowed: allowed).map { .json($0) }
  }

  /// What it means that the joined list has no row for a person.
  private enum Absence: String, CaseIterable {
    case unknown, no
  }

  private func join(_ allowed: Set<String>) -> EndpointPlan.Join? {
    guard let section = keys.mapping("join") else { return nil }
    let list = list(section, allowed: allowed)
    for key in ["key", "on"] where !section.names.contains(key) { section.missing(key) }
    let key = section.field("key")
    let reference = section.field("on", isList: true)
    let absent = section.choice("absent", Absence.self) ?? .unknown
    section.finish()
    guard let list, let key, let reference else { return nil }
    return EndpointPlan.Join(
      list: list, key: key, reference: reference, absentIsNo: absent == .no)
  }

  private func detail(_ allowed: Set<String>) -> (EndpointPlan.Detail?, Remote) {
    guard let section = keys.mapping("detail") else { return (nil, Remote()) }
    if !section.names.contains("path") { section.missing("path") }
    let request = request(section, allowed: allowed.union(["id", "login", "email"]))
    let errorPath = section.query("error_path")
    let cap = section.integer("cap", in: 1...100_000) ?? 500
    var remote = Remote(url: section.url("url"))
    if section.names.contains("auth") {
      remote.auth = section.mapping("auth").flatMap { AuthParser.maker($0) }
    } else if remote.url != nil {
      section.reject("auth", "another host needs its own auth: the list's credentials stay at url")
    }
    section.finish()
    return (
      request.map { EndpointPlan.Detail(request: $0, errorPath: errorPath, cap: cap) }, remote
    )
  }
}
