/// The elements of an XML document as the mock writes it, for editing one at a time.
struct XMLPlaces {
  /// One element: the names on the way to it, where it is, and where its content is.
  struct Place {
    var path: String
    var range: Range<Int>
    var content: Range<Int>
  }

  /// The elements in the order in which they begin.
  private(set) var places: [Place] = []

  init(_ bytes: [UInt8]) {
    guard bytes.first == 0x3C else { return }
    var open: [Int] = []
    var position = 0
    while let start = bytes[position...].firstIndex(of: 0x3C),
      let end = bytes[start...].firstIndex(of: 0x3E)
    {
      position = end + 1
      let tag = String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
      if tag.hasPrefix("/") {
        guard let place = open.popLast() else { return }
        places[place].content = places[place].content.lowerBound..<start
        places[place].range = places[place].range.lowerBound..<position
      } else if !tag.hasPrefix("?") {
        let name = tag.split(separator: " ").first.map(String.init) ?? tag
        let path = (open.last.map { places[$0].path } ?? "") + "/" + name
        open.append(places.count)
        places.append(
          Place(path: path, range: start..<position, content: position..<position))
      }
    }
  }

  /// The elements as a kept reply names them.
  static func recorded(_ bytes: [UInt8]) -> [RecordedReply.Element] {
    let places = XMLPlaces(bytes).places
    return places.enumerated().map { number, place in
      let isLeaf =
        number + 1 == places.count || !place.content.contains(places[number + 1].range.lowerBound)
      return RecordedReply.Element(
        path: place.path,
        text: isLeaf ? String(decoding: bytes[place.content], as: UTF8.self) : nil)
    }
  }

  /// The document with another content in the element of a number, or without the element where that is nil; a second step
  /// names an element that is added to it.
  static func setting(_ value: JSON?, at pointer: JSONPointer, in bytes: [UInt8]) -> [UInt8] {
    let places = XMLPlaces(bytes).places
    guard let number = pointer.steps.first.flatMap(Int.init), places.indices.contains(number) else {
      return bytes
    }
    var cut = places[number].range
    var new = ""
    if pointer.steps.count > 1 {
      cut = places[number].content.upperBound..<places[number].content.upperBound
      new = value.map { "<\(pointer.steps[1])>\(content($0))</\(pointer.steps[1])>" } ?? ""
    } else if let value {
      cut = places[number].content
      new = content(value)
    }
    return Array(bytes[..<cut.lowerBound] + Array(new.utf8) + bytes[cut.upperBound...])
  }

  private static func content(_ value: JSON) -> String {
    switch value {
    case .null: ""
    case .bool(let flag): "\(flag)"
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .string(let text):
      text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    case .array(let elements): elements.map { "<member>\(content($0))</member>" }.joined()
    case .object(let properties):
      properties.sorted { $0.key < $1.key }.map { "<\($0.key)>\(content($0.value))</\($0.key)>" }
        .joined()
    }
  }
}
