import Foundation
import Testing

@testable import CurlTransport

@Suite("Transport: headers")
struct HeaderTests {
  @Test("a block of lines is read as bytes, folded and broken lines included")
  func block() {
    let text =
      "Content-Type: a/b\r\nX-Empty:\r\nnonsense\r\nX-Fold: one\r\n  two\r\nx-dup:1\r\nX-Dup : 2 \r\n"
    let headers = HTTPHeaders(block: Array(text.utf8))
    #expect(headers["content-type"] == "a/b")
    #expect(headers["x-empty"] == "")
    #expect(headers["X-FOLD"]?.split(separator: " ") == ["one", "two"])
    #expect(headers.all("X-Dup") == ["1", "2"])
    #expect(headers.count == 5)
  }

  @Test("set replaces, add appends, remove removes, in any case")
  func editing() {
    var headers = HTTPHeaders([("A", "1"), ("B", "2"), ("a", "3")])
    headers.set("a", "4")
    #expect(headers.pairs.map(\.0) == ["B", "a"])
    headers.add("b", "5")
    #expect(headers.all("B") == ["2", "5"])
    headers.remove("B")
    #expect(headers.count == 1)
  }

  @Test("any bytes can be read, and values never hold a line break")
  func fuzz() {
    var generator = SeededGenerator(seed: 1)
    let alphabet = Array("aZ:;, \t\r\n\"<>=\\0\u{e9}".utf8)
    for _ in 0..<20_000 {
      let count = Int.random(in: 0..<60, using: &generator)
      let block = (0..<count).map { _ in
        alphabet.randomElement(using: &generator) ?? 0
      }
      let headers = HTTPHeaders(block: block)
      for (name, value) in headers.pairs {
        #expect(!value.utf8.contains(0x0A))
        // A name that is not UTF-8 cannot be asked for by its text.
        if name.utf8.allSatisfy({ $0 < 0x80 }) { #expect(headers[name] != nil) }
      }
    }
  }
}

@Suite("Transport: Link header")
struct LinkHeaderTests {
  @Test(
    "the next page is found as RFC 8288 says",
    arguments: [
      (["<https://a/x?after=1>; rel=\"next\""], "https://a/x?after=1"),
      (["<https://a/x>; rel=next"], "https://a/x"),
      (["<https://a/x>; rel=\"NEXT last\""], "https://a/x"),
      (["<https://a/x>; REL = \"last next\""], "https://a/x"),
      (["<https://a/s>; rel=\"self\"", "<https://a/n>; rel=\"next\""], "https://a/n"),
      (["<https://a/s>; rel=self, <https://a/n>; rel=next"], "https://a/n"),
      (
        ["<https://a/x?f=1,2,3>; title=\"a, <b>; rel=\\\"prev\\\"\"; rel=\"next\""],
        "https://a/x?f=1,2,3"
      ),
      (["<https://a/x>; title=\"next\""], nil),
      (["<https://a/x>; rel=nextish"], nil),
      (["<https://a/x>; rel=prev; rel=next"], nil),
      (["<https://a/x>; anchor=\"#foo\"; rel=next"], nil),
      (["<https://a/x>; rel=next; anchor=\"#foo\", </y>; rel=next"], "/y"),
      (["<?page=2>;rel=next"], "?page=2"),
      ([", ,<https://a/x>; rel=next,"], "https://a/x"),
      (["<https://a/x>;; rel=next;"], "https://a/x"),
      (["<>; rel=next"], ""),
      ([], nil), ([""], nil),
    ] as [([String], String?)])
  func next(values: [String], expected: String?) throws {
    let headers = HTTPHeaders(values.map { ("Link", $0) })
    #expect(try LinkHeader(headers).next == expected)
  }

  @Test(
    "a header that cannot be read is an error, never the end of a list",
    arguments: [
      "<https://a/x; rel=next", "https://a/x; rel=next", "<a>; rel=\"next", "<a> rel=next",
      "<a>; =next", "<a>; rel=next <b>", "<a>; rel=\"next\"x",
    ])
  func malformed(value: String) {
    #expect(throws: LinkHeader.Malformed.self) {
      try LinkHeader(HTTPHeaders([("Link", value)]))
    }
  }

  @Test("whatever is written by the rules is read back, and nothing crashes the reader")
  func fuzz() throws {
    var generator = SeededGenerator(seed: 2)
    func text(_ alphabet: String, _ most: Int) -> String {
      String(
        (0..<Int.random(in: 0...most, using: &generator)).compactMap { _ in
          alphabet.randomElement(using: &generator)
        })
    }
    for _ in 0..<5_000 {
      // A header written by the grammar.
      var written: [LinkHeader.Link] = []
      var parts: [String] = []
      for _ in 0..<Int.random(in: 0...4, using: &generator) {
        let target = "https://h/" + text("abc,;=?&%\"", 8)
        let relations = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
          ["next", "prev", "self", "x-rel"].randomElement(using: &generator) ?? "next"
        }
        let isAnchored = Bool.random(using: &generator)
        var parameters = ["rel=\"\(relations.joined(separator: " "))\""]
        parameters.append("title=\"\(text("a,;<>= ", 6))\\\"\"")
        if isAnchored { parameters.append("anchor=\"#\"") }
        parameters.shuffle(using: &generator)
        parts.append("<\(target)> ; " + parameters.joined(separator: "; "))
        written.append(.init(target: target, relations: relations, isAnchored: isAnchored))
      }
      let cut = parts.isEmpty ? 0 : Int.random(in: 0...parts.count, using: &generator)
      let headers = HTTPHeaders([
        ("link", parts[..<cut].joined(separator: ", ")),
        ("Link", parts[cut...].joined(separator: " ,")),
      ])
      #expect(try LinkHeader(headers).links == written)
      // And one that is not.
      let noise = HTTPHeaders([("Link", text("<>;,=\"\\ relnxt", 40))])
      _ = try? LinkHeader(noise)
    }
  }
}
