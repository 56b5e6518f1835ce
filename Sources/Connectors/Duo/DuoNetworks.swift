/// Networks as Duo's policies list them: addresses, ranges and CIDR blocks.
enum DuoNetworks {
  /// Whether some networks, taken together, are every IPv4 network.
  ///
  /// What cannot be read covers nothing.
  static func coverEverything(_ networks: [String]) -> Bool {
    let ranges = networks.compactMap(range).sorted { $0.lowerBound < $1.lowerBound }
    var next: UInt64 = 0
    for range in ranges {
      guard range.lowerBound <= next else { return false }
      next = max(next, range.upperBound + 1)
    }
    return next > UInt64(UInt32.max)
  }

  private static func range(_ network: String) -> ClosedRange<UInt64>? {
    let text = network.filter { $0 != " " }
    if let slash = text.firstIndex(of: "/") {
      guard let first = address(text[..<slash]),
        let bits = UInt64(text[text.index(after: slash)...]),
        bits <= 32
      else { return nil }
      let size = UInt64(1) << (32 - bits)
      let start = first / size * size
      return start...(start + size - 1)
    }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(address)
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last
    else { return nil }
    return first...last
  }

  private static func address(_ text: some StringProtocol) -> UInt64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard parts.count == 4 else { return nil }
    return parts.reduce(0) { sum, part in sum.flatMap { sum in part.map { sum << 8 | UInt64($0) } }
    }
  }
}
