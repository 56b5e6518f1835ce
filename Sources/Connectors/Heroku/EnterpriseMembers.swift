internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore

/// How the people of an enterprise account sign in, by address.
struct EnterpriseMembers: Sendable {
  /// What the account's list says of one person.
  struct Member: Sendable, Hashable {
    var userID: String?
    var platformMFA: Tri
    var identityProvider: String?
    /// Whether the person signs in through an identity provider.
    var federated: Tri
  }

  private(set) var byKey: [String: [Member]] = [:]
  private(set) var providers = SeenProviders()

  init(_ account: String, _ client: APIClient) async throws(ConnectorError) {
    let request = client.get("/enterprise-accounts/{account}/members", [account])
    var result: [String: [Member]] = [:]
    var seen = SeenProviders()
    let style = PagingStyle.range(property: nil, max: nil, order: nil)
    try await client.table(request, style, HerokuWire.enterpriseMembers) { rows, _ in
      for index in 0..<rows.count {
        let row = rows[index]
        guard let email = row.text(0) else { continue }
        let member = Member(
          userID: row.string(1), platformMFA: Tri(row.bool(2)),
          identityProvider: seen.id(row, at: 3),
          federated: SeenProviders.isFederated(row, at: 3))
        result[EmailKey.make(email), default: []].append(member)
      }
    }
    byKey = result
    providers = seen
  }

  /// The row of a person; nil when there is none, or several and none with that id.
  func member(key: String, userID: String?) -> Member? {
    guard let rows = byKey[key] else { return nil }
    if let userID, let exact = rows.first(where: { $0.userID == userID }) { return exact }
    guard rows.count == 1, rows[0].userID == nil || userID == nil else { return nil }
    return rows[0]
  }
}
