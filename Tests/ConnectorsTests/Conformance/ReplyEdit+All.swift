import MockIdP

extension ReplyEdit {
  /// Every edit of every place of every page, one at a time.
  ///
  /// Of rows that say the same in kind only the first, one in the middle and the last: they are read by the same code.
  static func all(of replies: [RecordedReply]) -> [ReplyEdit] {
    var edits: [ReplyEdit] = []
    var seen: Set<String> = []
    let names = names(in: replies)
    for reply in replies where seen.insert(reply.vendor.rawValue + reply.request).inserted {
      guard (200..<300).contains(reply.status) else { continue }
      let collector = Collector(reply: reply, names: names)
      edits += reply.body.map { collector.edits(of: $0, JSONPointer()) } ?? collector.elements()
    }
    return edits
  }

  /// What occurs as an id or a name anywhere.
  private static func names(in replies: [RecordedReply]) -> Set<String> {
    var names: Set<String> = []
    for reply in replies {
      if let body = reply.body { collect(body, key: "", into: &names) }
      for element in reply.elements {
        guard let text = element.text, isName(element.path) else { continue }
        names.insert(text)
      }
    }
    return names
  }

  private static func collect(_ value: JSON, key: String, into names: inout Set<String>) {
    switch value {
    case .string(let text): if isName(key) { names.insert(text) }
    case .array(let elements): for element in elements { collect(element, key: key, into: &names) }
    case .object(let properties):
      for (key, value) in properties { collect(value, key: key, into: &names) }
    default: break
    }
  }

  private static func isName(_ key: String) -> Bool {
    let key = key.lowercased()
    return ["id", "ids", "name", "names", "login", "alias", "uid", "email", "mail", "key"]
      .contains { key.hasSuffix($0) }
  }
}

/// Makes the edits of one reply.
private struct Collector {
  let reply: RecordedReply
  let names: Set<String>

  func edits(of value: JSON, _ place: JSONPointer) -> [ReplyEdit] {
    var edits = damages(of: value, place)
    if let text = value.text, let other = otherCase(text) {
      edits.append(edit(place, .otherCase, .string(other)))
    }
    if let properties = value.properties {
      edits.append(edit(place.appending(ReplyEdit.unknownKey), .sibling, "unknown"))
      for (key, inner) in properties.sorted(by: { $0.key < $1.key }) {
        edits.append(edit(place.appending(key), .dropped, nil))
        edits += self.edits(of: inner, place.appending(key))
      }
    }
    let elements = value.elements ?? []
    for index in Self.chosen(elements) {
      edits.append(edit(place.appending("\(index)"), .shortened, nil))
      edits += self.edits(of: elements[index], place.appending("\(index)"))
    }
    return edits
  }

  /// Every element of an XML reply; lists of AWS are of `member`s, and short here.
  func elements() -> [ReplyEdit] {
    reply.elements.enumerated().flatMap { number, element in
      let place = JSONPointer(steps: ["\(number)"])
      let isRow = element.path.hasSuffix("/member")
      var edits = [
        edit(place, isRow ? .shortened : .dropped, nil), edit(place, .nulled, .null),
      ]
      guard let text = element.text else {
        edits.append(edit(place, .retyped, "unknown"))
        edits.append(edit(place.appending(ReplyEdit.unknownKey), .sibling, "unknown"))
        return edits
      }
      if ["true", "false"].contains(text) || Int(text) != nil {
        edits.append(edit(place, .retyped, "unknown"))
      }
      edits.append(edit(place, .listed, [.string(text)]))
      if let other = otherCase(text) { edits.append(edit(place, .otherCase, .string(other))) }
      return edits
    }
  }

  private func damages(of value: JSON, _ place: JSONPointer) -> [ReplyEdit] {
    let nulled = edit(place, .nulled, .null)
    switch value {
    case .null: return []
    case .bool(let flag):
      return [nulled, edit(place, .retyped, .string("\(flag)")), edit(place, .listed, [value])]
    case .integer(let number):
      return [nulled, edit(place, .retyped, .string("\(number)")), edit(place, .listed, [value])]
    case .number(let number):
      return [nulled, edit(place, .retyped, .string("\(number)")), edit(place, .listed, [value])]
    case .string(let text):
      return [
        nulled, edit(place, .retyped, .integer(Int(text) ?? 7)), edit(place, .listed, [value]),
      ]
    case .array(let elements):
      let keys = elements.indices.map { "\($0)" }
      let object = JSON.object(Dictionary(uniqueKeysWithValues: zip(keys, elements)))
      return [nulled, edit(place, .retyped, object)]
    case .object: return [nulled, edit(place, .retyped, [value])]
    }
  }

  private func edit(_ place: JSONPointer, _ form: ReplyEdit.Form, _ value: JSON?) -> ReplyEdit {
    ReplyEdit(reply: reply, pointer: place, form: form, value: value)
  }

  /// The text in the other case, if it is an id or a name and has one.
  private func otherCase(_ text: String) -> String? {
    guard names.contains(text) else { return nil }
    return [text.uppercased(), text.lowercased()].first { $0 != text }
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
