import MockIdP

/// One field of one reply that is not there.
struct FieldLoss: Sendable, CustomStringConvertible {
  enum Form: String, Sendable, CaseIterable {
    case dropped, nulled
  }

  var reply: RecordedReply
  var pointer: JSONPointer
  var form: Form

  /// The place, with `*` for every index of a list: `/response/*/status`.
  var place: String {
    if let element { return reply.elements[element] }
    return JSONPointer(steps: pointer.steps.map { Int($0) == nil ? $0 : "*" }).description
  }

  /// The number of the element in a reply that is XML.
  private var element: Int? {
    reply.body == nil ? pointer.steps.first.flatMap(Int.init) : nil
  }

  var fault: Fault {
    Fault(
      reply.vendor, reply.endpoint, form == .nulled ? .nullAt : .missingAt, times: nil,
      text: element.map(String.init) ?? pointer.description, request: reply.request)
  }

  var description: String {
    "\(reply.endpoint) \(element == nil ? pointer.description : place) \(form.rawValue)"
  }

  /// Every field of every page, dropped and nulled one at a time.
  ///
  /// Of rows that say the same in kind only the first, one in the middle and the last: they are read by the same code.
  static func all(of replies: [RecordedReply]) -> [FieldLoss] {
    var losses: [FieldLoss] = []
    var seen: Set<String> = []
    for reply in replies where seen.insert(reply.vendor.rawValue + reply.request).inserted {
      guard (200..<300).contains(reply.status) else { continue }
      guard let body = reply.body else {
        // Lists of AWS are of `member`s, and short here.
        for number in reply.elements.indices {
          for form in Form.allCases
          where form == .nulled || !reply.elements[number].hasSuffix("/member") {
            losses.append(
              FieldLoss(reply: reply, pointer: JSONPointer(steps: ["\(number)"]), form: form))
          }
        }
        continue
      }
      losses.append(FieldLoss(reply: reply, pointer: JSONPointer(), form: .nulled))
      collect(body, JSONPointer(), reply, &losses)
    }
    return losses
  }

  private static func collect(
    _ value: JSON, _ pointer: JSONPointer, _ reply: RecordedReply, _ losses: inout [FieldLoss]
  ) {
    for (key, inner) in (value.properties ?? [:]).sorted(by: { $0.key < $1.key }) {
      let place = pointer.appending(key)
      for form in Form.allCases where form == .dropped || inner != .null {
        losses.append(FieldLoss(reply: reply, pointer: place, form: form))
      }
      collect(inner, place, reply, &losses)
    }
    let elements = value.elements ?? []
    // A row that is missing altogether is not a field: whether it can be told is a question of counts.
    for index in chosen(elements) {
      let place = pointer.appending("\(index)")
      losses.append(FieldLoss(reply: reply, pointer: place, form: .nulled))
      collect(elements[index], place, reply, &losses)
    }
  }

  private static func chosen(_ elements: [JSON]) -> [Int] {
    let groups = Dictionary(grouping: elements.indices) { kind(of: elements[$0]) }
    return groups.values.flatMap { rows in
      Set([rows[0], rows[rows.count / 2], rows[rows.count - 1]])
    }.sorted()
  }

  /// What rows that are read alike have in common: their keys, and the words among their values.
  private static func kind(of value: JSON) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .integer, .number: "number"
    case .string(let text): text.allSatisfy { $0.isLetter || $0 == "_" } ? text : "text"
    case .array(let elements):
      "[" + Set(elements.map(kind)).sorted().joined(separator: ",") + "]"
    case .object(let properties):
      "{" + properties.map { "\($0.key):\(kind(of: $0.value))" }.sorted().joined(separator: ",")
        + "}"
    }
  }
}
