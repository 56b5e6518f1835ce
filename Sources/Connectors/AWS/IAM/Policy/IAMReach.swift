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
    /// Whether the policies leave it to trust policies which roles are taken on.
    var mayAssume = false

    /// What a key may do that is good for a session without MFA as well.
    ///
    /// `GetSessionToken` asks for no permission, and its sessions say that there was no MFA, as those of a password do. They do
    /// nothing at IAM.
    ///
    /// - SeeAlso: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
    fileprivate func joined(by session: Way) -> Way {
      func reachable(_ labels: [String]) -> [String] {
        labels.filter { !$0.lowercased().hasPrefix("iam:") }
      }
      var way = self
      way.open = Array(
        Set(open + reachable(session.open)).sorted().prefix(IAMReach.limit))
      way.doubtful = Array(
        Set(doubtful + reachable(session.doubtful)).subtracting(way.open).sorted()
          .prefix(IAMReach.limit))
      way.keys = Set(keys + session.keys).sorted()
      way.deniesAll = deniesAll && session.deniesAll
      way.mayAssume = mayAssume || session.mayAssume
      return way
    }
  }

  /// What a password alone, and a key alone, may do.
  private(set) var ways: [IAMCredential: Way] = [:]
  /// Whether anything is allowed with MFA; registering a device apart.
  private let allowsWithMFA: Bool

  /// So many different actions are named of a person.
  fileprivate static let limit = 8

  /// Reads the policies of a person.
  ///
  /// - Parameters:
  ///   - assumable: the roles of the account, as their trust policies meet the person.
  ///   - contradicts: whether AWS's simulator denies what the documents allow with a credential.
  init(
    _ grants: IAMGrants, _ assumable: IAMAssumable = .unread,
    contradicts: (String, IAMCredential) -> Bool = { _, _ in false }
  ) {
    func roles(_ credential: IAMCredential) -> [(arn: String, isOpen: Tri)] {
      (assumable.roles ?? []).map { ($0.arn, grants.assumes($0, credential)) }
    }
    let withMFA = grants.reach(.multiFactor)
    let rolesWithMFA = roles(.multiFactor).contains { $0.isOpen != .no }
    allowsWithMFA = !withMFA.isEmpty || rolesWithMFA
    for credential in [IAMCredential.password, .key] {
      var way = Way()
      way.deniesAll = grants.deniesAll(credential)
      way.mayAssume = grants.decision(Self.assume, on: "*", credential) == .yes
      let boxes = grants.reach(credential)
      for box in boxes.map({ $0.without(IAMGrants.assumption) }) where !box.isEmpty {
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
      for (arn, isOpen) in roles(credential) where isOpen != .no {
        let isSure = isOpen == .yes && !contradicts(Self.assume, credential)
        let label = "\(Self.assume) on \(arn)"
        if isSure { way.open.append(label) } else { way.doubtful.append(label) }
      }
      // A role elsewhere has to trust the person too, and nobody shows that here.
      if way.open.isEmpty { way.doubtful += Self.foreignRoles(boxes, assumable) }
      way.open = Array(Set(way.open).sorted().prefix(Self.limit))
      way.doubtful = Array(Set(way.doubtful).subtracting(way.open).sorted().prefix(Self.limit))
      way.keys = Set(way.keys).sorted()
      way.isGated =
        Self.isGated(grants, credential)
        || way.open.isEmpty && way.doubtful.isEmpty && rolesWithMFA
      ways[credential] = way
    }
    if let key = ways[.key], let session = ways[.password] {
      ways[.key] = key.joined(by: session)
    }
  }

  /// Whether anything is allowed to somebody who has these credentials.
  func allowsAnything(_ credentials: [IAMCredential]) -> Bool {
    allowsWithMFA
      || credentials.contains { credential in
        ways[credential].map { !$0.open.isEmpty || !$0.doubtful.isEmpty } ?? false
      }
  }

  private static let assume = "sts:AssumeRole"

  /// What boxes say of roles that are not among those of the account.
  private static func foreignRoles(
    _ boxes: [IAMGrants.Box], _ assumable: IAMAssumable
  ) -> [String] {
    boxes.flatMap { box -> [String] in
      var box = box
      box.actions.append(IAMSet(patterns: [IAMPattern(assume, ignoringCase: true)]))
      if assumable.roles != nil {
        let own = IAMPattern("arn:*:iam::\(assumable.account):*", ignoringCase: false)
        box.resources.append(IAMSet(patterns: [own], isInverted: true))
      }
      guard !box.isEmpty else { return [] }
      return box.resourceCells(limit).map { cell in
        cell.narrowest.isEverything
          ? "\(assume) on roles of other accounts" : "\(assume) on \(cell.narrowest.text)"
      }
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
  ///
  /// A key is good for a session without MFA as well, everywhere but at IAM.
  private static func isGated(_ grants: IAMGrants, _ credential: IAMCredential) -> Bool {
    let all = grants.statements + (grants.boundary ?? [])
    func uses(_ action: String) -> [IAMCredential] {
      credential == .key && !action.hasPrefix("iam:") ? [.key, .password] : [credential]
    }
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
            && uses(action).allSatisfy { grants.decision(action, on: resource, $0) != .yes }
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
