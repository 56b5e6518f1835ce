/// The elements of an XML document as the mock writes it, for losing one at a time.
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

  /// The document without an element, or without what it holds.
  static func editing(_ bytes: [UInt8], at number: Int, keepsTag: Bool) -> [UInt8] {
    let places = XMLPlaces(bytes).places
    guard places.indices.contains(number) else { return bytes }
    let cut = keepsTag ? places[number].content : places[number].range
    return Array(bytes[..<cut.lowerBound] + bytes[cut.upperBound...])
  }
}
