internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

/// How often the fields of a mapping found something, for telling an operator's mistake from a vendor's gap.
struct FieldUse: Sendable {
  private var rows = 0
  private var found: [FieldName: Int] = [:]
  /// How often there was a value of a type that the field does not take, and the first such type.
  private var wrong: [FieldName: (count: Int, type: JSONType)] = [:]
  private var keys: [String] = []

  /// Takes a row in.
  mutating func note(_ row: MappedRow, _ documents: RowDocuments, _ fields: FieldMap) {
    if rows == 0 { keys = Self.keys(of: documents.item) }
    rows += 1
    for (name, plan) in fields.fields {
      // What was not asked for says nothing about the path.
      guard documents[plan.place] != nil, let value = row.values[name], value != .null else {
        continue
      }
      found[name, default: 0] += 1
      guard !name.takes(value) else { continue }
      wrong[name, default: (0, value.type)].count += 1
    }
  }

  /// Takes note of names that are there in a type which names nobody, of a row that nobody watched is found by.
  mutating func noteNames(_ row: MappedRow) {
    for name in [FieldName.login, .email, .emails] {
      guard let value = row.values[name], value != .null, !name.takes(value) else { continue }
      wrong[name, default: (0, value.type)].count += 1
    }
  }

  /// What is told of the fields that found nothing at all, or never anything of their type.
  func issues(_ plan: EndpointPlan) -> [SourceIssue] {
    guard rows > 0 || !wrong.isEmpty else { return [] }
    return plan.fields.fields.compactMap { name, field in
      let all = rows == 1 ? "the one row" : "any of the \(rows) rows"
      // What decides nothing is often there for nobody; a sample shows it.
      if rows > 0, field.place == .item, found[name] == nil, name.decides,
        field.take != .count, field.take != .exists
      {
        return Self.issue(
          name, plan,
          "\(field.text) matches nothing in \(all)\(Self.listed(keys)).")
      }
      if let (count, type) = wrong[name],
        count == found[name] || name.identifies || name.isFlag && name.decides
      {
        var issue = Self.issue(
          name, plan,
          "\(type.phrase) came from \(field.text), and \(name.expectation) was expected.")
        // Whoever stands in such a row cannot be found: that somebody is not there is not certain.
        if name.identifies { issue.affects = .verdicts }
        return issue
      }
      // A flag that decides and that some rows do not say: nobody can tell of those.
      if field.place == .item, let count = found[name], count < rows, name.isFlag, name.decides,
        field.take != .count, field.take != .exists
      {
        return Self.issue(
          name, plan, "\(field.text) matches nothing in \(rows - count) of the \(rows) rows.")
      }
      return nil
    }
  }

  private static func issue(
    _ name: FieldName, _ plan: EndpointPlan, _ what: String
  ) -> SourceIssue {
    SourceIssue(
      code: EndpointConnector.mapping, call: plan.list.request.call,
      message: "fields.\(name.rawValue) of source \(plan.name): \(what)",
      remedy:
        "Correct fields.\(name.rawValue) in the configuration of \(plan.name); idsync doctor --sample \(plan.name) shows a row.",
      affects: .details)
  }

  /// The keys of an object that look like names of fields.
  static func keys(of item: JSONValue) -> [String] {
    (item.object ?? [:]).keys
      .filter { $0.utf8.count <= 40 && !$0.contains("@") && $0 != ListPlan.key }.sorted()
  }

  /// Keys as the end of a sentence.
  static func listed(_ keys: [String]) -> String {
    guard !keys.isEmpty else { return "" }
    let shown = keys.prefix(12).joined(separator: ", ")
    return "; there are \(shown)\(keys.count > 12 ? ", …" : "")"
  }
}

extension FieldName {
  /// Whether people are found by it.
  fileprivate var identifies: Bool {
    switch self {
    case .id, .login, .email, .emails: true
    default: false
    }
  }

  /// Whether a verdict or the weight of a finding may hang on it.
  fileprivate var decides: Bool {
    switch self {
    case .name, .enrolled, .factors, .lastLogin: false
    default: true
    }
  }

  /// Whether a value is of a type that the field takes.
  fileprivate func takes(_ value: JSONValue) -> Bool {
    if isFlag { return value.lenientBool != nil }
    if isList { return value.array != nil || value.scalarText != nil }
    return value.scalarText != nil
  }

  fileprivate var expectation: String {
    isFlag ? "true or false" : isList ? "a list of texts" : "a text"
  }
}

extension EndpointRun {
  /// Makes an error of a reply that is not as the configuration says: the operator's, where nothing at all fits.
  func misfit<State: Sendable>(
    _ error: WireError, _ reader: Reader<State>, _ response: HTTPResponse, _ request: HTTPRequest,
    _ page: Int
  ) -> ConnectorError {
    guard error.kind == .shape, let told = mistake(error, reader, response) else {
      return client.malformed(error, request, page: page)
    }
    return ConnectorError(
      .malformed, source: plan.name, call: request.endpoint, page: page, status: response.status,
      vendorCode: EndpointConnector.mapping, message: told, request: request.redacted)
  }

  private func mistake<State: Sendable>(
    _ error: WireError, _ reader: Reader<State>, _ response: HTTPResponse
  ) -> String? {
    let list = reader.list
    let key = list.request.path.shown == plan.list.request.path.shown ? "" : "join."
    guard error.row != nil else {
      guard !error.path.isEmpty || error.detail.hasPrefix("expected") else { return nil }
      let document = try? JSONReader().value(EndpointPage.text(response))
      guard let document, document.object != nil else { return nil }
      let place = error.path == "total" ? "total" : "items"
      return
        "\(key)\(place) of source \(plan.name) does not fit the reply of \(list.request.call): \(error.detail)\(FieldUse.listed(FieldUse.keys(of: document)))."
    }
    let names: [FieldName] =
      switch error.path {
      case "id": [.id]
      case "email": [.email, .emails, .login]
      case "team": [.team]
      default: []
      }
    let plans = names.compactMap { plan.fields[$0] }
    guard key.isEmpty, !plans.isEmpty else { return nil }
    var rows = 0
    var found = false
    var keys: [String] = []
    let page = EndpointPage(list: list)
    _ = try? page.forEachItem(response) { item throws(WireError) in
      if rows == 0 { keys = FieldUse.keys(of: item) }
      rows += 1
      if plans.contains(where: { ($0.value(in: [item]) { _ in } ?? .null) != .null }) {
        found = true
      }
    }
    guard !found, rows > 0 else { return nil }
    let paths = plans.map(\.text).joined(separator: ", ")
    let fields = names.filter { plan.fields.has($0) }.map { "fields.\($0.rawValue)" }
    return
      "\(fields.joined(separator: ", ")) of source \(plan.name): \(paths) matches nothing in any of the \(rows) rows of \(list.request.call)\(FieldUse.listed(keys))."
  }
}
