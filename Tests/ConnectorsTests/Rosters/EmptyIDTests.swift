import CurlTransport
import Testing

@testable import ConnectorKit
@testable import JSONQuery

@Suite("What has no characters names nothing") struct EmptyIDTests {
  @Test("an empty id is a missing one, in values and in tables")
  func emptyIDs() throws {
    let reader = JSONReader()
    let row = ResponseBody(copying: Array(#"[{"id": "", "more": ""}]"#.utf8))
    for need in [TablePlan.Need.required, .nullable] {
      let plan = TablePlan([.init("id", .string, need)])
      #expect(throws: WireError.self) { try reader.withTable(row, plan) { _ in } }
    }
    try reader.withTable(row, TablePlan([.init("more", .string, .optional)])) { rows in
      #expect(rows[0].string(0) == "")
    }
    let value = try #require(try reader.value(row).array?.first)
    let missing = WireError.expected(.string, found: .missing, path: "id")
    #expect(throws: missing) { try value.required("id", .string, \.string) }
    #expect(try value.optional("more", .string, \.string) == "")
  }
}
