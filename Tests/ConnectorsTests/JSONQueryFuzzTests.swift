import TestSupport
import Testing

@testable import JSONQuery

/// Random documents and numbers, the same for the same seed.
struct QueryDice: RandomNumberGenerator {
  private var random: FuzzRandom

  init(_ seed: UInt64) { random = FuzzRandom(seed) }

  mutating func next() -> UInt64 { random.next() }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  mutating func document(_ depth: Int = 0) -> JSONValue {
    switch below(depth > 4 ? 5 : 8) {
    case 0: .null
    case 1: .bool(below(2) == 0)
    case 2: .integer(Int64(below(2000) - 1000))
    case 3: .number("\(below(100)).\(below(100))1")
    case 4: .string(key())
    case 5, 6: .array((0..<below(5)).map { _ in document(depth + 1) })
    default:
      .object(Dictionary((0..<below(5)).map { _ in (key(), document(depth + 1)) }) { $1 })
    }
  }

  mutating func key() -> String {
    let alphabet = [
      "a", "b", "~", "/", "0", "1", "é", "e\u{301}", "'", "\"", "\\", "", " ", "😀", "\n",
    ]
    return (0..<below(4)).map { _ in alphabet[below(alphabet.count)] }.joined()
  }
}

@Suite("JSONQuery Fuzz") struct JSONQueryFuzzTests {
  /// Every place of a document with its pointer and its normalized path.
  private func places(
    _ value: JSONValue, _ pointer: String = "", _ path: String = "$"
  ) -> [(pointer: String, path: String, value: JSONValue)] {
    var all = [(pointer, path, value)]
    switch value {
    case .array(let values):
      for (index, child) in values.enumerated() {
        all += places(child, "\(pointer)/\(index)", "\(path)[\(index)]")
      }
    case .object(let members):
      for (key, child) in members {
        var token = ""
        var name = ""
        for scalar in key.unicodeScalars {
          switch scalar {
          case "~": token += "~0"
          case "/": token += "~1"
          default: token.unicodeScalars.append(scalar)
          }
          switch scalar {
          case "'": name += "\\'"
          case "\\": name += "\\\\"
          case "\n": name += "\\n"
          default: name.unicodeScalars.append(scalar)
          }
        }
        all += places(child, "\(pointer)/\(token)", "\(path)['\(name)']")
      }
    default: break
    }
    return all
  }

  @Test("in random documents every pointer and every normalized path finds its own place")
  func places() throws {
    var dice = QueryDice(7)
    var checked = 0
    for _ in 0..<Fuzz.rounds(2000) {
      let document = dice.document()
      for place in places(document) {
        #expect(try JSONPointer(place.pointer).find(in: document) == .value(place.value))
        #expect(try JSONPath(place.path).nodes(in: document) == [place.value])
        checked += 1
      }
    }
    Fuzz.report("JSON queries", ["places found": checked])
    #expect(checked > Fuzz.rounds(2000))
  }

  @Test("a descendant wildcard finds every place but the root, once")
  func descendants() throws {
    var dice = QueryDice(11)
    for _ in 0..<Fuzz.rounds(1000) {
      let document = dice.document()
      let found = try JSONPath("$..*").nodes(in: document)
      #expect(found.count == places(document).count - 1)
    }
  }

  @Test("a filter and its negation share out the children between them")
  func filters() throws {
    var dice = QueryDice(13)
    let conditions = ["@.a", "@ > 0", "@.a == @.b", "length(@) > 1", "@.*", "search(@, 'a')"]
    for _ in 0..<Fuzz.rounds(1000) {
      let document = dice.document()
      let all = try JSONPath("$[*]").nodes(in: document).count
      for condition in conditions {
        let yes = try JSONPath("$[?(\(condition))]").nodes(in: document).count
        let no = try JSONPath("$[?!(\(condition))]").nodes(in: document).count
        #expect(yes + no == all, "\(condition)")
      }
    }
  }

  @Test("slices are what counting by hand gives")
  func slices() throws {
    var dice = QueryDice(17)
    for _ in 0..<Fuzz.rounds(3000) {
      let count = dice.below(7)
      let start = dice.below(3) == 0 ? nil : dice.below(20) - 10
      let end = dice.below(3) == 0 ? nil : dice.below(20) - 10
      let step = dice.below(9) - 4
      let document = JSONValue.array((0..<count).map { .integer(Int64($0)) })
      let text = "$[\(start.map(String.init) ?? ""):\(end.map(String.init) ?? ""):\(step)]"
      let found = try JSONPath(text).nodes(in: document).compactMap(\.integer).map(Int.init)
      #expect(found == counted(count, start, end, step), "\(text) of \(count)")
    }
  }

  /// RFC 9535 §2.3.4.2.2, followed word by word.
  private func counted(_ count: Int, _ start: Int?, _ end: Int?, _ step: Int) -> [Int] {
    guard step != 0 else { return [] }
    func normal(_ place: Int) -> Int { place >= 0 ? place : count + place }
    let first = normal(start ?? (step > 0 ? 0 : count - 1))
    let last = end.map(normal) ?? (step > 0 ? count : -count - 1 + count)
    var found: [Int] = []
    var place = step > 0 ? min(max(first, 0), count) : min(max(first, -1), count - 1)
    let bound = step > 0 ? min(max(last, 0), count) : min(max(last, -1), count - 1)
    while step > 0 ? place < bound : bound < place {
      found.append(place)
      place += step
    }
    return found
  }

  @Test("mangled queries are refused or answered, and none is a crash")
  func mangled() throws {
    var dice = QueryDice(19)
    let selectors = try ComplianceSuite.cases().map(\.selector)
    let pieces = [
      "[", "]", "(", ")", "?", "@", "$", "..", "*", ":", ",", "'", "\\", "&&", "!", "=", "\u{0}",
      "9", "-",
    ]
    let document = dice.document()
    for _ in 0..<Fuzz.rounds(20_000) {
      var text = Array(selectors[dice.below(selectors.count)])
      for _ in 0...dice.below(3) {
        let piece = Array(pieces[dice.below(pieces.count)])
        let place = dice.below(text.count + 1)
        if dice.below(2) == 0 || place == text.count {
          text.insert(contentsOf: piece, at: place)
        } else {
          text.remove(at: place)
        }
      }
      if let path = try? JSONPath(String(text)) { _ = try path.nodes(in: document) }
      _ = try? JSONPointer(String(text)).find(in: document)
      _ = try? RegularExpression(String(text)).isFound(in: "abba")
    }
  }

  @Test("a query that would visit a hundred million values gives up")
  func guarded() throws {
    let leaf = JSONValue.array((0..<100).map { .integer($0) })
    let document = JSONValue.array((0..<100).map { _ in .array((0..<100).map { _ in leaf }) })
    #expect(throws: JSONPathEvaluator.Exhausted.self) {
      try JSONPath("$..[?$..*]").nodes(in: document)
    }
  }
}
