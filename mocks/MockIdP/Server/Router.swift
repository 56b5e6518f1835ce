/// One endpoint: a method, a path with placeholders, and who answers.
struct Route<Context: Sendable>: Sendable {
  typealias Answer = @Sendable (Call, Context) async throws -> Reply

  let method: String
  let segments: [String]
  let template: String
  /// What a token needs, in the vendor's words.
  let scope: String
  let answer: Answer

  /// Makes an endpoint; a name stands in the place of method and path where the vendor has no paths.
  init(_ template: String, named name: String? = nil, scope: String, _ answer: @escaping Answer) {
    let parts = template.split(separator: " ", maxSplits: 1)
    self.template = name ?? template
    method = String(parts[0])
    segments = parts[1].split(separator: "/").map(String.init)
    self.scope = scope
    self.answer = answer
  }

  /// The placeholders' values when a path fits.
  func captures(_ path: [String]) -> [String: String]? {
    guard path.count == segments.count else { return nil }
    var captures: [String: String] = [:]
    for (part, value) in zip(segments, path) {
      if part.hasPrefix("{") {
        captures[String(part.dropFirst().dropLast())] = value
      } else if part != value {
        return nil
      }
    }
    return captures
  }
}

/// Finds the endpoint of a request.
struct Router<Context: Sendable>: Sendable {
  enum Match: Sendable {
    case route(Route<Context>, captures: [String: String])
    case wrongMethod(allowed: [String])
    case unknown
  }

  let routes: [Route<Context>]

  /// Literal segments go before placeholders.
  func match(_ call: Call) -> Match {
    guard let path = call.segments else { return .unknown }
    let fitting = routes.compactMap { route in
      route.captures(path).map { (route: route, captures: $0) }
    }
    guard let fewest = fitting.map(\.captures.count).min() else { return .unknown }
    let best = fitting.filter { $0.captures.count == fewest }
    if let match = best.first(where: { $0.route.method == call.method }) {
      return .route(match.route, captures: match.captures)
    }
    return .wrongMethod(allowed: best.map(\.route.method))
  }
}
