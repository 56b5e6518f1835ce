internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import Synchronization

/// What Graph counts, to be compared with what its lists named: lists that end early without an error were seen.
///
/// - SeeAlso: <https://learn.microsoft.com/graph/aad-advanced-queries>
extension EntraRun {
  /// How many users there are.
  func countUsers() async -> Result<Int, ConnectorError> {
    var request = client.get("/v1.0/users/$count")
    request.headers.set("ConsistencyLevel", "eventual")
    request.headers.set("Accept", "text/plain")
    request.expectedContentType = nil
    do throws(ConnectorError) {
      let response = try await client.send(request)
      let text = response.body.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
      guard let count = Self.number(text) else {
        let damage = WireError(.shape, detail: "no number")
        throw client.malformed(damage, request)
      }
      return .success(count)
    } catch {
      return .failure(error)
    }
  }

  /// Compares the users that were read with how many there are.
  ///
  /// Counts lag a little: where the list is shorter than the count before it, a second count decides.
  func compareUsers(read: Int, with first: Result<Int, ConnectorError>) async {
    var counted: Int
    switch first {
    case .failure(let error): return keep(error)
    case .success(let count): counted = count
    }
    if read < counted, case .success(let again) = await countUsers() {
      counted = min(counted, again)
    }
    guard read < counted else { return }
    log.add(
      CursorRows.shortfall(
        "users", call: "GET /v1.0/users", read: read, counted: counted, affects: .verdicts))
  }

  /// A list of a group's members that is to be read to its count.
  struct CountedList: Sendable {
    var group: String
    var name: String
    var isNested: Bool
    /// The ids that the list named.
    var seen = DistinctIDs()

    var word: String { isNested ? "transitiveMembers" : "members" }
  }

  /// Compares lists of members with how many there are.
  ///
  /// - Parameter affects: what a list that is shorter makes uncertain.
  /// - Returns: what is not known of the lists that are shorter, or whose count could not be read, by position.
  func compare(
    _ lists: [CountedList], affects: SourceIssue.Affects = .parts
  ) async -> [Int: Unknown] {
    guard !lists.isEmpty else { return [:] }
    let counts = Mutex<[Int: Int]>([:])
    let parts = lists.map {
      GraphBatch.Part(
        path: "/groups/\(URLText.encoded($0.group))/\($0.word)/$count",
        endpoint: "GET /v1.0/groups/{group}/\($0.word)/$count",
        headers: ["ConsistencyLevel": "eventual"])
    }
    let failures = await GraphBatch(client: client, version: "v1.0").run(parts) {
      index, body throws(WireError) in
      guard let count = body.integer.map({ Int($0) }) ?? body.string.flatMap(Self.number) else {
        throw WireError(.shape, detail: "no number")
      }
      counts.withLock { $0[index] = count }
    }
    let counted = counts.withLock { $0 }
    var result: [Int: Unknown] = [:]
    for (index, list) in lists.enumerated() {
      let title = "who is in group \(list.name)"
      if let error = failures[index] {
        if affects == .parts { keepPart(error) } else { keep(error) }
        result[index] = unknown(title, error)
      } else if let count = counted[index], list.seen.count < count {
        let issue = CursorRows.shortfall(
          "members of group \(list.name)", call: "GET /v1.0/groups/{group}/\(list.word)",
          read: list.seen.count, counted: count, affects: affects)
        log.add(issue)
        result[index] = Unknown(
          title: "\(title): \(Sentence.clause(issue.message))",
          remedy: Sentence.clause(Sentence.inside(issue.remedy)))
      }
    }
    return result
  }

  /// A count as it comes: digits, or inside a batch perhaps the Base64 of digits.
  @Sendable static func number(_ text: String) -> Int? {
    let digits = text.filter { !$0.isWhitespace && $0 != "\u{FEFF}" }
    if let number = Int(digits) { return number >= 0 ? number : nil }
    return Base64Digits.decode(digits).flatMap { Int($0) }
  }
}

/// The little of Base64 that a number needs.
private enum Base64Digits {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The digits inside; nil where there is anything else.
  static func decode(_ text: String) -> String? {
    var bits: UInt32 = 0
    var count = 0
    var result: [UInt8] = []
    for byte in text.utf8 where byte != UInt8(ascii: "=") {
      guard let value = alphabet.firstIndex(of: byte) else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
    guard !result.isEmpty, result.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return String(decoding: result, as: UTF8.self)
  }
}
