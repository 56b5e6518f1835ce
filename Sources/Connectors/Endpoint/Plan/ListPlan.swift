internal import ConnectorKit
internal import JSONQuery

/// A list at an endpoint: how to ask for it, how it is cut, where its items are.
struct ListPlan: Sendable {
  var request: RequestPlan
  var items: JSONQuery
  /// Whether the items are the members of an object, their keys put in as `@key`.
  var isKeyed = false
  var paging = PagingPlan()
  /// Where it stands how many items there are.
  var total: JSONQuery?
  /// What makes a reply with status 200 a failure.
  var errorPath: JSONQuery?

  /// The key under which the key of an item is put in.
  static let key = "@key"
}
