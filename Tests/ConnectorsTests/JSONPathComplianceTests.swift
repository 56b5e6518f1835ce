import CurlTransport
import Foundation
import Testing

@testable import ConnectorKit
@testable import JSONQuery

/// The cases of the JSONPath Compliance Test Suite; see `mocks/jsonpath-compliance`.
enum ComplianceSuite {
  struct Case: Sendable {
    var name: String
    var selector: String
    var isInvalid: Bool
    var document: JSONValue
    /// Several where the order of an object's members is open.
    var results: [[JSONValue]]
  }

  static func cases() throws -> [Case] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../mocks/jsonpath-compliance/cts.json")
    let body = ResponseBody(copying: try Data(contentsOf: file))
    let suite = try JSONReader().value(body)
    return (suite["tests"]?.array ?? []).map { test in
      Case(
        name: test["name"]?.string ?? "", selector: test["selector"]?.string ?? "",
        isInvalid: test["invalid_selector"]?.bool ?? false,
        document: test.object?["document"] ?? .null,
        results: test["results"]?.array?.compactMap(\.array) ?? test["result"]?.array.map { [$0] }
          ?? [])
    }
  }
}

@Suite("JSONPath compliance") struct JSONPathComplianceTests {
  @Test("every case of the public compliance suite gives the result it names")
  func suite() throws {
    let cases = try ComplianceSuite.cases()
    #expect(cases.count == 703)
    var passed = 0
    for test in cases {
      let failures = problems(test)
      for problem in failures { Issue.record("\(test.name): \(test.selector): \(problem)") }
      if failures.isEmpty { passed += 1 }
    }
    print("JSONPath compliance suite: \(passed) of \(cases.count) cases pass.")
  }

  private func problems(_ test: ComplianceSuite.Case) -> [String] {
    let path: JSONPath
    do throws(JSONPath.Malformed) {
      path = try JSONPath(test.selector)
    } catch {
      return test.isInvalid ? [] : ["was refused: \(error.reason)"]
    }
    if test.isInvalid { return ["was accepted"] }
    guard let found = try? path.nodes(in: test.document) else { return ["ran out"] }
    let isRight = test.results.contains { expected in
      found.count == expected.count && zip(found, expected).allSatisfy { $0.isSame(as: $1) }
    }
    return isRight ? [] : ["found \(JSONValue.array(found).text)"]
  }
}

@Suite("JSON Pointer") struct JSONPointerTests {
  private func document() throws -> JSONValue {
    try JSONReader().value(
      ResponseBody(copying: #"{"a/b":1,"m~n":2,"":3,"l":[10,20],"x":null,"7":8,"ü":9}"#.utf8))
  }

  @Test(
    "every row of the pointer table finds what it says",
    arguments: [
      ("/a~1b", .value(.integer(1))), ("/m~0n", .value(.integer(2))), ("/", .value(.integer(3))),
      ("/l/1", .value(.integer(20))), ("/l/01", .noIndex), ("/l/-", .missing),
      ("/x", .value(.null)), ("/y", .missing), ("/l/2", .missing), ("/l/1/z", .missing),
      ("/7", .value(.integer(8))), ("/u\u{308}", .missing), ("/\u{fc}", .value(.integer(9))),
      ("/l/+1", .noIndex), ("/l/0", .value(.integer(10))),
    ] as [(String, JSONPointer.Found)])
  func table(_ text: String, _ expected: JSONPointer.Found) throws {
    #expect(try JSONPointer(text).find(in: document()) == expected)
  }

  @Test("the empty pointer is the whole document")
  func whole() throws {
    #expect(try JSONPointer("").find(in: document()) == .value(document()))
  }

  @Test(
    "what is no pointer is refused", arguments: ["a", "#/a", "/a~", "/a~2b", "/~01~"])
  func malformed(_ text: String) {
    #expect(throws: JSONPointer.Malformed.self) { try JSONPointer(text) }
  }

  @Test("~01 is ~1 and not a slash")
  func order() throws {
    #expect(try JSONPointer("/~01").tokens == ["~1"])
  }
}

@Suite("Regular expressions of RFC 9485") struct RegularExpressionTests {
  @Test(
    "the first group of the leftmost match is taken",
    arguments: [
      ("CN=([^,]+)", "CN=Finance,OU=Teams", "Finance"), ("([0-9]+)-([0-9]+)", "a12-34", "12"),
      ("[a-z]+@", "x: ana@acme", "ana@"), ("(a|ab)(c|bcd)?", "abcd", "a"), ("(x*)y", "xxy", "xx"),
    ])
  func capture(_ pattern: String, _ text: String, _ expected: String) throws {
    #expect(try RegularExpression(pattern).capture(in: text) == expected)
  }

  @Test(
    "what RFC 9485 does not have is refused",
    arguments: ["(", ")", "a**", "[", "[]", "\\d", "\\p{Greek}", "a{2,1}", "a{", "(?:a)", "[b-a]"])
  func refused(_ pattern: String) {
    #expect(throws: RegularExpression.Malformed.self) { try RegularExpression(pattern) }
  }

  @Test("an expression that ruins backtracking engines ends at once")
  func linear() throws {
    let expression = try RegularExpression("(a*)*(a*)*(a*)*b")
    #expect(!expression.matches(String(repeating: "a", count: 5000)))
  }
}
