import Foundation
import Testing

/// The tables of situations that each vendor's facts come with, and the cases that stand for their rows.
///
/// A row is either data of a table here or a test of its own whose title begins with the row's number.
struct FactsTable: Sendable, CustomTestStringConvertible {
  let vendor: String
  /// How many rows the table has, numbered from 1.
  let rows: Int
  /// The numbers of the cases, as `12` or `12b`.
  let cases: [String]
  /// The file that holds the tests of single rows, beside this one.
  let file: String

  var testDescription: String { vendor }

  /// The numbers of the cases and of the tests in ``file``.
  func tested() throws -> [String] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let source = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    let titles = source.matches(of: #/@Test\("(\d+[a-z]?):/#).map { String($0.output.1) }
    return cases + titles
  }

  static let all = [
    FactsTable(
      vendor: "Auth0", rows: 9, cases: Auth0RowTests.rows.map(\.number), file: "Auth0RowTests.swift"
    ),
    FactsTable(
      vendor: "AWS", rows: 15, cases: AWSRow.all.map(\.number), file: "AWS/AWSRowTests.swift"),
    FactsTable(
      vendor: "Duo", rows: 15, cases: DuoRow.all.map(\.number), file: "Duo/DuoRowTests.swift"),
    FactsTable(
      vendor: "Entra ID", rows: 33, cases: EntraRows.all.map(\.number), file: "EntraRowTests.swift"),
    FactsTable(
      vendor: "GitHub", rows: 9, cases: GitHubRows.all.map(\.number), file: "GitHubRowTests.swift"),
    FactsTable(
      vendor: "Google", rows: 15, cases: GoogleRows.all.map(\.number), file: "GoogleRowTests.swift"),
    FactsTable(
      vendor: "Heroku", rows: 20, cases: HerokuRows.all.map(\.number), file: "HerokuRowTests.swift"),
    FactsTable(
      vendor: "JSON endpoints", rows: 15, cases: EndpointRowTests.table.map(\.number),
      file: "EndpointRowTests.swift"),
    FactsTable(
      vendor: "JumpCloud", rows: 8, cases: JumpCloudRows.all.map(\.number),
      file: "JumpCloud/JumpCloudTests.swift"),
    FactsTable(
      vendor: "Keycloak", rows: 22, cases: KeycloakRows.all.map(\.number),
      file: "Keycloak/KeycloakRowTests.swift"),
    FactsTable(
      vendor: "Okta", rows: 31, cases: OktaRows.all.map(\.number), file: "OktaRowTests.swift"),
    FactsTable(
      vendor: "OneLogin", rows: 7, cases: OneLoginRows.all.map(\.number),
      file: "OneLoginRowTests.swift"),
    FactsTable(
      vendor: "PingOne", rows: 9, cases: PingOneRow.all.map(\.number),
      file: "PingOne/PingOneRowTests.swift"),
    FactsTable(
      vendor: "privacyIDEA", rows: 9, cases: PrivacyIDEARows.all.map(\.number),
      file: "PrivacyIDEA/PrivacyIDEARowTests.swift"),
    FactsTable(
      vendor: "SCIM", rows: 12, cases: SCIMRowTests.table.map(\.number), file: "SCIMRowTests.swift"),
  ]
}

@Suite("Tables of facts") struct FactsTableTests {
  @Test("every row of a vendor's table is tested", arguments: FactsTable.all)
  func rows(_ table: FactsTable) throws {
    let tested = try table.tested()
    let numbers = Set(tested.compactMap { Int($0.prefix { $0.isNumber }) })
    #expect(Set(1...table.rows).subtracting(numbers) == [])
    print("rows of \(table.vendor): \(table.rows), tested by \(tested.count) cases")
  }
}
