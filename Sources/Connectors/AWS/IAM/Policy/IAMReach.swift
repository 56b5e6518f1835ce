internal import IdentityCore

/// What a person reaches with each credential by the policy documents, for the model.
struct IAMReach: Sendable, Hashable {
  /// What is told of one credential.
  struct Way: Sendable, Hashable {
    /// What may be done with it alone, each as an action with its resource.
    var open: [String] = []
    /// What may be, but hangs on something that is not known.
    var doubtful: [String] = []
    /// The condition keys that it hangs on.
    var keys: [String] = []
    /// Whether MFA allows something that it does not.
    var isGated = false
    /// Whether everything is denied, whoever else may allow it.
    var deniesAll = false
  }

  /// What a password alone, and a key alone, may do.
  private(set) var ways: [IAMCredential: Way] = [:]
  /// Whether anything is allowed with MFA; registering a device apart.
  private let allowsWithMFA: Bool

  /// So many different actions are named of a person.
  private static let limit = 8

  /// Reads the policies of a person.
  ///
  /// - Parameter contradicts: whether AWS's simulator denies what the documents allow with a credential.
  init(_ grants: IAMGrants, contradicts: (String, IAMCredential) -> Bool = { _, _ in false }) {
    let withMFA = grants.reach(.multiFactor)
    allowsWithMFA = !withMFA.isEmpty
    for credential in [IAMCredential.password, .key] {
      var way = Way()
      way.deniesAll = grants.deniesAll(credential)
      for box in grants.reach(credential) {
        way.keys += box.keys
        let resources = box.resourceCells(Self.limit)
        for cell in box.actionCells(Self.limit) {
          let sure = resources.first { resource in
            Self.requests(cell, resource).contains { action, resource in
              grants.decision(action, on: resource, credential) == .yes
            }
          }
          let label = Self.label(cell.narrowest, (sure ?? resources.first)?.narrowest)
          let isSure =
            !box.isDoubtful && sure != nil && !contradicts(cell.narrowest.text, credential)
          if isSure { way.open.append(label) } else { way.doubtful.append(label) }
        }
      }
      way.open = Array(Set(way.open).sorted().prefix(Self.limit))
      way.doubtful = Array(Set(way.doubtful).subtracting(way.open).sorted().prefix(Self.limit))
      way.keys = Set(way.keys).sorted()
      way.isGated = Self.isGated(grants, credential)
      ways[credential] = way
    }
  }

  /// Whether anything is allowed to somebody who has these credentials.
  func allowsAnything(_ credentials: [IAMCredential]) -> Bool {
    allowsWithMFA
      || credentials.contains { credential in
        ways[credential].map { !$0.open.isEmpty || !$0.doubtful.isEmpty } ?? false
      }
  }

  private static func label(_ action: IAMPattern, _ resource: IAMPattern?) -> String {
    let words = action.isEverything ? "any action" : action.text
    guard let resource, !resource.isEverything else { return words }
    return "\(words) on \(resource.text)"
  }

  /// Requests that the parts mean, to be asked about one by one.
  private static func requests(
    _ action: IAMCell, _ resource: IAMCell
  ) -> [(action: String, resource: String)] {
    let actions = action.narrowest.isEverything ? ["zz9:zz", "zz9:zzx"] : action.samples
    let resources = resource.narrowest.isEverything ? ["*", "zz9"] : resource.samples
    return actions.flatMap { action in resources.map { (action, $0) } }
  }

  /// Whether MFA allows something that the credential alone does not: found by asking about single requests.
  private static func isGated(_ grants: IAMGrants, _ credential: IAMCredential) -> Bool {
    let all = grants.statements + (grants.boundary ?? [])
    // Only a condition that MFA changes can make a difference.
    guard
      all.contains(where: { $0.condition.holds(credential) != $0.condition.holds(.multiFactor) })
    else { return false }
    let actions = samples(all.flatMap(\.actions.patterns)) + ["zz9:zz"]
    let resources = samples(all.flatMap(\.resources.patterns)) + ["zz9"]
    return actions.contains { action in
      !IAMGrants.registration.contains(action)
        && resources.contains { resource in
          grants.decision(action, on: resource, .multiFactor) == .yes
            && grants.decision(action, on: resource, credential) != .yes
        }
    }
  }

  /// Texts that each pattern matches, and those that two of them match.
  private static func samples(_ patterns: [IAMPattern]) -> [String] {
    let patterns = Array(Set(patterns))
    var cells = patterns.map { IAMCell([$0]) }
    if patterns.count <= pairLimit {
      for (place, left) in patterns.enumerated() {
        for right in patterns[..<place]
        where left.overlaps(right) && !left.covers(right) && !right.covers(left) {
          cells.append(IAMCell([left, right]))
        }
      }
    }
    return Set(cells.flatMap(\.samples)).sorted()
  }

  /// Up to so many patterns are taken in pairs too.
  private static let pairLimit = 60
}
