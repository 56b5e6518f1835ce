internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// Sends reads twenty at a time, as Microsoft Graph's `$batch` takes them.
///
/// Every part is limited on its own; parts that were held back are sent again, and no others.
/// - SeeAlso: <https://learn.microsoft.com/graph/json-batching>
struct GraphBatch: Sendable {
  /// One read.
  struct Part: Sendable {
    /// The path below the version, with its query.
    var path: String
    /// The template under which it is named in messages.
    var endpoint: String
    /// What is sent with it.
    var headers: [String: String] = [:]
  }

  /// What a part brought: the reply's document is lent to this closure, which may say why it cannot be used.
  typealias Reader = @Sendable (_ part: Int, _ body: JSONElement) throws(WireError) -> Void

  let client: APIClient
  /// `v1.0` or `beta`; the two do not mix.
  let version: String

  private static let size = 20
  private static let attempts = 5
  /// The longest wait that a part can make us take.
  private static let longestWait = 120

  /// Sends all parts.
  ///
  /// - Parameter goesOn: asked after every batch, with its parts and their failures; false leaves the rest unsent.
  /// - Returns: the parts that brought nothing, with why; parts left unsent are not among them.
  func run(
    _ parts: [Part],
    goesOn: @Sendable (_ batch: [Int], _ failures: [Int: ConnectorError]) -> Bool = { _, _ in
      true
    },
    _ read: @escaping Reader
  ) async -> [Int: ConnectorError] {
    let chunks = stride(from: 0, to: parts.count, by: Self.size).map {
      Array($0..<min($0 + Self.size, parts.count))
    }
    var failures: [Int: ConnectorError] = [:]
    await withTaskGroup(of: ([Int], [Int: ConnectorError]).self) { group in
      var next = chunks.makeIterator()
      var isStopped = false
      // The transport lets as many through as it may; four in hand keep it busy.
      for chunk in [next.next(), next.next(), next.next(), next.next()].compactMap({ $0 }) {
        group.addTask { (chunk, await self.send(chunk, parts, read)) }
      }
      while let (batch, found) = await group.next() {
        failures.merge(found) { first, _ in first }
        if !goesOn(batch, found) { isStopped = true }
        guard !isStopped, let chunk = next.next() else { continue }
        group.addTask { (chunk, await self.send(chunk, parts, read)) }
      }
    }
    return failures
  }

  /// Sends one batch until each part has its last word.
  private func send(
    _ chunk: [Int], _ parts: [Part], _ read: Reader
  ) async -> [Int: ConnectorError] {
    var failures: [Int: ConnectorError] = [:]
    var left = chunk
    for attempt in 1...Self.attempts {
      var round: Round
      do throws(ConnectorError) {
        let credential = try await client.credentials.current()
        round = try await exchange(left, parts, read)
        if !round.refused.isEmpty,
          try await client.credentials.renewed(after: credential) != nil
        {
          round.heldBack += round.refused
          round.wait = round.wait ?? 0
        }
      } catch {
        for part in left { failures[part] = error }
        return failures
      }
      for (part, error) in round.failures where !round.heldBack.contains(part) {
        failures[part] = error
      }
      left = round.heldBack
      if left.isEmpty { return failures }
      if attempt == Self.attempts {
        for part in left { failures[part] = round.failures[part] }
        return failures
      }
      let wait = round.wait.map { min($0, Self.longestWait) } ?? 1 << attempt
      guard await client.source.pause(.seconds(wait)) else {
        for part in left { failures[part] = round.failures[part] }
        return failures
      }
    }
    return failures
  }

  private struct Round {
    var failures: [Int: ConnectorError] = [:]
    /// Parts to be sent again.
    var heldBack: [Int] = []
    /// Parts for which the credential was not taken.
    var refused: [Int] = []
    /// Seconds that a part asked us to wait.
    var wait: Int?
  }

  private func exchange(
    _ chunk: [Int], _ parts: [Part], _ read: Reader
  ) async throws(ConnectorError) -> Round {
    let requests = chunk.map { part in
      var members: [String: JSONValue] = [
        "id": .string(String(part)), "method": .string("GET"), "url": .string(parts[part].path),
      ]
      if !parts[part].headers.isEmpty {
        members["headers"] = .object(parts[part].headers.mapValues { .string($0) })
      }
      return JSONValue.object(members)
    }
    let request = client.post("/\(version)/$batch", .object(["requests": .array(requests)]))
    let response = try await client.send(request)
    var round = Round()
    var answered: Set<Int> = []
    do throws(WireError) {
      try JSONReader().withRoot(response.body) { root throws(WireError) in
        guard let responses = try root.member("responses"), responses.type == .array else {
          throw WireError.expected(.array, found: .missing, path: "responses")
        }
        try responses.forEach { _, one throws(WireError) in
          guard let id = try one.member("id")?.string.flatMap({ Int($0) }), chunk.contains(id),
            let status = try one.member("status")?.integer
          else { throw WireError(.shape, path: "responses", detail: "a part without id or status") }
          answered.insert(id)
          try self.take(one, id, Int(status), parts[id], read, &round)
        }
      }
    } catch {
      throw client.malformed(error, request)
    }
    for part in chunk where !answered.contains(part) {
      round.failures[part] = ConnectorError(
        WireError(.shape, detail: "no reply to this part of the batch"), source: client.source.name,
        vendor: client.vendor, call: parts[part].endpoint)
    }
    return round
  }

  private func take(
    _ one: JSONElement, _ id: Int, _ status: Int, _ part: Part, _ read: Reader,
    _ round: inout Round
  ) throws(WireError) {
    let body = try one.member("body")
    if (200..<300).contains(status) {
      do throws(WireError) {
        guard let body else { throw WireError.expected(.object, found: .missing, path: "body") }
        try read(id, body)
      } catch {
        round.failures[id] = ConnectorError(
          error, source: client.source.name, vendor: client.vendor, call: part.endpoint)
      }
      return
    }
    let code = try body.map { body throws(WireError) in try JSONValue(body) }
    round.failures[id] = ConnectorError(
      graphStatus: status, code: code.flatMap(EntraConnector.errorCode), part.endpoint, client)
    if status == 401 { round.refused.append(id) }
    guard RetryPolicy.isTransient(status: status) else { return }
    round.heldBack.append(id)
    guard let headers = try one.member("headers"), headers.type == .object else { return }
    try headers.forEach { name, value throws(WireError) in
      guard name.lowercased() == "retry-after" else { return }
      let seconds = value.string.flatMap { Int($0) } ?? value.integer.map { Int($0) }
      round.wait = max(round.wait ?? 0, seconds ?? 0)
    }
  }
}

extension ConnectorError {
  /// A part of a batch with a status that is no success.
  init(graphStatus status: Int, code: String?, _ call: String, _ client: APIClient) {
    let word = code.map {
      String($0.filter { $0.isASCII && ($0.isLetter || "._".contains($0)) }.prefix(60))
    }
    let kind: Code =
      switch status {
      case 401: .unauthorised
      case 403: .forbidden
      case 404: .notFound
      case 429: .rateLimited
      case 500...: .serverError
      default: .refused
      }
    let facts = [String(status), word].compactMap { $0 }.joined(separator: ", ")
    let message =
      switch kind {
      case .forbidden: "\(client.vendor) refused \(call) (\(facts))."
      case .notFound: "\(client.vendor) knows nothing under \(call) (\(facts))."
      case .rateLimited: "\(client.vendor) held \(call) back longer than we wait (\(facts))."
      default: "\(client.vendor) did not answer \(call) (\(facts))."
      }
    self.init(
      kind, source: client.source.name, call: call, status: status, vendorCode: word,
      message: message)
  }
}
