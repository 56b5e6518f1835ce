import ConnectorKit
import TestSupport
import Testing

@testable import AWS
@testable import CSV

@Suite("Fuzz: XML and comma-separated text") struct FormatFuzzTests {
  // MARK: XML

  /// An element as it was meant, and as text in one of its spellings.
  private struct Written {
    var name: String
    var text: String
    var children: [Written]

    init(_ random: inout FuzzRandom, depth: Int = 0) {
      name = random.pick(["member", "User", "Arn", "Résultat", "x1"])
      let hasChildren = depth < 4 && random.one(in: 2)
      let count = hasChildren ? 1 + random.below(4) : 0
      children = []
      for _ in 0..<count { children.append(Written(&random, depth: depth + 1)) }
      text = hasChildren ? "" : random.pick(["", "a", "R&D", "<b>", "ä€", "a b", "]]>", "1 > 0"])
    }

    func spelt(_ random: inout FuzzRandom) -> String {
      let prefix = random.pick(["", "aws:"])
      let attributes = random.pick(["", " a=\"1\"", " xmlns:aws='https://x/>'"])
      let gap = random.pick(["", "\n  ", "<!-- > -->"])
      if text.isEmpty, children.isEmpty, random.one(in: 2) {
        return "<\(prefix)\(name)\(attributes)/>"
      }
      let inner =
        children.isEmpty
        ? escaped(&random) : children.map { $0.spelt(&random) }.joined(separator: gap)
      return "<\(prefix)\(name)\(attributes)>\(gap)\(inner)\(gap)</\(prefix)\(name) >"
    }

    private func escaped(_ random: inout FuzzRandom) -> String {
      if !text.contains("]]>"), random.one(in: 4) { return "<![CDATA[\(text)]]>" }
      return text.unicodeScalars.map { scalar in
        switch scalar {
        case "&": random.pick(["&amp;", "&#38;", "&#x26;"])
        case "<": random.pick(["&lt;", "&#60;"])
        case ">": "&gt;"
        default: random.one(in: 8) ? "&#\(scalar.value);" : String(scalar)
        }
      }.joined()
    }

    func isSame(as read: XMLElement) -> Bool {
      name == read.name && text == read.text && children.count == read.children.count
        && zip(children, read.children).allSatisfy { $0.isSame(as: $1) }
    }
  }

  @Test("a document that is written is read back, in any spelling", arguments: 1...2)
  func spellings(seed: UInt64) throws {
    var random = FuzzRandom(seed)
    let rounds = Fuzz.rounds(2_000)
    for round in 0..<rounds {
      let meant = Written(&random)
      let text = random.pick(["", "<?xml version=\"1.0\"?>\n", "\u{FEFF}"]) + meant.spelt(&random)
      #expect(
        meant.isSame(as: try XMLElement(parsing: Array(text.utf8))), "round \(round): \(text)")
    }
    Fuzz.report("XML written, seed \(seed)", ["read back": rounds])
  }

  @Test("a mangled document is an error or read, and the same twice", arguments: 1...4)
  func mangledXML(seed: UInt64) throws {
    var random = FuzzRandom(seed)
    let corpus = try Fuzz.corpus("xml")
    let tokens = [
      "<", ">", "</", "/>", "&", "&#", ";", "<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE x [",
      "\"", "=",
    ]
    let rounds = Fuzz.rounds(3_000)
    var read = 0
    for _ in 0..<rounds {
      let bytes = random.mutated(random.pick(corpus), tokens: tokens)
      let first = try? XMLElement(parsing: bytes)
      #expect(first == (try? XMLElement(parsing: bytes)))
      if first != nil { read += 1 }
    }
    Fuzz.report("XML, seed \(seed)", ["tried": rounds, "read": read])
  }

  // MARK: Comma-separated text

  /// The records of a text that comes in pieces; nil where it is refused.
  private func records(_ pieces: [ArraySlice<UInt8>]) -> [[String?]]? {
    var parser = CSVParser()
    var found: [[String?]] = []
    do throws(CSVParser.Fault) {
      for piece in pieces {
        try parser.feed(piece) { record throws(CSVParser.Fault) in
          found.append((0..<record.count).map { record.text($0) })
        }
      }
      try parser.finish { record throws(CSVParser.Fault) in
        found.append((0..<record.count).map { record.text($0) })
      }
    } catch {
      #expect(error.line > 0 && !error.detail.isEmpty)
      return nil
    }
    return found
  }

  private func pieces(_ bytes: [UInt8], _ random: inout FuzzRandom) -> [ArraySlice<UInt8>] {
    var rest = bytes[...]
    var pieces: [ArraySlice<UInt8>] = []
    while !rest.isEmpty {
      let count = 1 + random.below(12)
      pieces.append(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    return pieces
  }

  @Test("rows that are written are read back, whatever pieces they come in", arguments: 1...2)
  func rows(seed: UInt64) {
    var random = FuzzRandom(seed)
    let rounds = Fuzz.rounds(2_000)
    for round in 0..<rounds {
      let end = random.pick(["\r\n", "\n", "\r"])
      var rows: [[String]] = []
      for _ in 0..<(1 + random.below(4)) {
        rows.append(
          (0..<3).map { _ in
            random.pick(["a", "ä b", "x,y", "\"q\"", "l1\nl2", "=1+1", "ana@acme.com"])
          })
      }
      let text =
        rows.map { row in
          row.map { field in
            field.contains(where: { ",\"\n".contains($0) }) || random.one(in: 3)
              ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
          }.joined(separator: ",")
        }.joined(separator: end) + random.pick(["", end])
      #expect(records(pieces(Array(text.utf8), &random)) == rows, "round \(round): \(text)")
    }
    Fuzz.report("CSV written, seed \(seed)", ["read back": rounds])
  }

  @Test("a mangled file is refused or read, whatever pieces it comes in", arguments: 1...4)
  func mangledCSV(seed: UInt64) throws {
    var random = FuzzRandom(seed)
    let corpus = try Fuzz.corpus("csv")
    let rounds = Fuzz.rounds(3_000)
    var read = 0
    for round in 0..<rounds {
      let bytes = random.mutated(
        random.pick(corpus), tokens: ["\"", "\"\"", ",", ";", "\r", "\n", "sep=", "\u{FEFF}"])
      let whole = records([bytes[...]])
      #expect(whole == records(pieces(bytes, &random)), "round \(round)")
      if whole != nil { read += 1 }
    }
    Fuzz.report("CSV, seed \(seed)", ["tried": rounds, "read": read])
  }
}
