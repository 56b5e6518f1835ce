/// The `RateLimit` and `RateLimit-Policy` fields of the IETF draft, in the forms of its versions.
///
/// `"default";r=50;t=30` with `"default";q=100;w=60`, and before that `limit=100, remaining=50, reset=30` with
/// `100;w=60`. Of several limits the one with the smallest part left counts.
enum IETFRateLimit {
  /// What the fields say; nil when they are missing or make no sense.
  static func read(_ headers: HTTPHeaders) -> RateReading? {
    let quotas = policies(headers)
    var tightest: RateReading?
    for item in items(headers, "RateLimit") {
      guard let remaining = item.parameters["r"] ?? item.parameters["remaining"] else { continue }
      let limit = item.parameters["limit"] ?? quotas[item.name] ?? quotas.values.min()
      let reset = item.parameters["t"] ?? item.parameters["reset"]
      let reading = RateReading(
        limit: limit, remaining: remaining,
        resetIn: reset.flatMap { $0 <= 86_400 ? .seconds($0) : nil })
      if tightest.map({ part(reading) < part($0) }) ?? true { tightest = reading }
    }
    return tightest
  }

  private static func part(_ reading: RateReading) -> Double {
    guard let limit = reading.limit, limit > 0 else { return Double(reading.remaining) }
    return Double(reading.remaining) / Double(limit)
  }

  private static func policies(_ headers: HTTPHeaders) -> [String: Int] {
    var quotas: [String: Int] = [:]
    for item in items(headers, "RateLimit-Policy") {
      if let quota = item.parameters["q"] ?? item.number { quotas[item.name] = quota }
    }
    return quotas
  }

  private struct Item {
    var name = ""
    var number: Int?
    var parameters: [String: Int] = [:]
  }

  /// The members of a list; in the older form the members of one limit are separated by commas too.
  private static func items(_ headers: HTTPHeaders, _ field: String) -> [Item] {
    var items: [Item] = []
    for value in headers.allBytes(field) {
      for member in split(value, at: 0x2C) {
        let parts = split(member, at: 0x3B).map { ASCII.trimmed($0) }
        guard let head = parts.first, !head.isEmpty else { continue }
        var item = Item()
        if head.contains(0x3D), !head.contains(0x22) {
          // `remaining=50`: belongs to the limit that the field began with.
          item = items.popLast() ?? Item()
          add(head, to: &item)
        } else {
          item.number = ASCII.number(head)
          item.name = item.number == nil ? String(decoding: head, as: UTF8.self) : ""
        }
        for parameter in parts.dropFirst() { add(parameter, to: &item) }
        items.append(item)
      }
    }
    return items
  }

  private static func add(_ parameter: ArraySlice<UInt8>, to item: inout Item) {
    guard let equals = parameter.firstIndex(of: 0x3D),
      let number = ASCII.number(ASCII.trimmed(parameter[(equals + 1)...]))
    else { return }
    let name = ASCII.trimmed(parameter[..<equals]).map(ASCII.lower)
    item.parameters[String(decoding: name, as: UTF8.self)] = number
  }

  /// Cuts at a byte that does not stand in quotes.
  private static func split(_ bytes: ArraySlice<UInt8>, at separator: UInt8) -> [ArraySlice<UInt8>]
  {
    var isQuoted = false
    var isEscaped = false
    return bytes.split(omittingEmptySubsequences: false) { byte in
      defer { isEscaped = isQuoted && byte == 0x5C && !isEscaped }
      if byte == 0x22, !isEscaped { isQuoted.toggle() }
      return byte == separator && !isQuoted
    }
  }
}
