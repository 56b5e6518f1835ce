internal import IdentityCore

/// All that policies allow one person, and what they ask for MFA.
///
/// - SeeAlso: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
struct IAMGrants: Sendable {
  /// The statements of the policies of the person and of the person's groups.
  var statements: [IAMStatement]
  /// Those of the permissions boundary; nil without one.
  var boundary: [IAMStatement]?

  /// What people need to register and use their first device, and nothing else.
  ///
  /// - SeeAlso: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html>
  static let registration = IAMSet(
    patterns: [
      "iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ResyncMFADevice", "iam:GetUser",
      "iam:GetMFADevice", "iam:ListMFADevices", "iam:ListVirtualMFADevices",
      "iam:ChangePassword", "iam:GetAccountPasswordPolicy", "sts:GetSessionToken",
      "sts:GetCallerIdentity",
    ].map { IAMPattern($0, ignoringCase: true) })

  /// What people need to take on a role; whether they may is for its trust policy to say too.
  static let assumption = IAMSet(
    patterns: ["sts:AssumeRole*", "sts:TagSession", "sts:SetSourceIdentity"].map {
      IAMPattern($0, ignoringCase: true)
    })

  /// So many boxes are told apart.
  private static let limit = 500

  private var denials: [IAMStatement] { (statements + (boundary ?? [])).filter(\.denies) }

  // MARK: One request

  /// Whether a request is allowed; unknown where a condition asks for more than is known.
  func decision(_ action: String, on resource: String, _ credential: IAMCredential) -> Tri {
    Tri.all([
      permitted(action, on: resource, credential),
      answer(statements, denies: false, action, resource, credential),
      boundary.map { answer($0, denies: false, action, resource, credential) } ?? .yes,
    ])
  }

  /// Whether nothing denies a request, whoever allows it.
  func permitted(_ action: String, on resource: String, _ credential: IAMCredential) -> Tri {
    answer(denials, denies: true, action, resource, credential).opposite
  }

  private func answer(
    _ statements: [IAMStatement], denies: Bool, _ action: String, _ resource: String,
    _ credential: IAMCredential
  ) -> Tri {
    let action = action.lowercased()
    return .any(
      statements.filter { $0.denies == denies && $0.concerns(action, resource) }
        .map { $0.condition.holds(credential) })
  }

  // MARK: All requests

  /// Actions on resources: those that are in every set.
  struct Box: Sendable {
    var actions: [IAMSet]
    var resources: [IAMSet]
    /// Whether a condition or a variable may make it smaller.
    var isDoubtful = false
    /// The condition keys that it hangs on.
    var keys: [String] = []
  }

  /// What may be done with a credential, registering a device apart; what is left out is certainly denied.
  func reach(_ credential: IAMCredential) -> [Box] {
    var boxes = allowed(statements, credential)
    if let boundary {
      boxes = boxes.flatMap { box in
        allowed(boundary, credential).map {
          Box(
            actions: box.actions + $0.actions, resources: box.resources + $0.resources,
            isDoubtful: box.isDoubtful || $0.isDoubtful, keys: box.keys + $0.keys)
        }
      }
    }
    return remainder(boxes, credential)
  }

  /// Whether everything but registering a device is denied, whoever else may allow it.
  func deniesAll(_ credential: IAMCredential) -> Bool {
    remainder([Box(actions: [], resources: [])], credential).isEmpty
  }

  /// Whether somebody may take on a role of the account.
  ///
  /// Its trust policy has to allow it: by name, or together with a policy of the person.
  ///
  /// - SeeAlso: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
  func assumes(_ role: IAMAssumable.Role, _ credential: IAMCredential) -> Tri {
    let trust = role.answers[credential] ?? IAMTrust.Answer(named: .unknown, account: .unknown)
    let action = "sts:AssumeRole"
    return .any([
      .all([trust.named, permitted(action, on: role.arn, credential)]),
      .all([trust.account, decision(action, on: role.arn, credential)]),
    ])
  }

  private func allowed(_ statements: [IAMStatement], _ credential: IAMCredential) -> [Box] {
    statements.filter { !$0.denies }.compactMap { statement in
      let holds = statement.condition.holds(credential)
      guard holds != .no else { return nil }
      return Box(
        actions: [statement.actions], resources: [statement.resources],
        isDoubtful: holds == .unknown, keys: statement.condition.openKeys)
    }
  }

  private func remainder(_ boxes: [Box], _ credential: IAMCredential) -> [Box] {
    var boxes = boxes.map { box in
      var box = box
      box.actions.append(Self.registration.inverted)
      return box
    }
    for denial in denials {
      let holds = denial.condition.holds(credential)
      guard holds != .no else { continue }
      // A denial that would cut too finely is left out, and what it is about is in doubt.
      let isCertain =
        holds == .yes && denial.actions.isExact && denial.resources.isExact
        && boxes.count <= Self.limit
      boxes = boxes.flatMap { box -> [Box] in
        guard !isCertain else { return box.minus(denial) }
        var both = box
        both.actions.append(denial.actions)
        both.resources.append(denial.resources)
        guard !both.isEmpty else { return [box] }
        var box = box
        box.isDoubtful = true
        box.keys += denial.condition.openKeys
        return [box]
      }
      boxes.removeAll(where: \.isEmpty)
    }
    boxes.removeAll(where: \.isEmpty)
    return boxes
  }
}

extension IAMGrants.Box {
  /// What is left without that of a statement.
  fileprivate func minus(_ statement: IAMStatement) -> [IAMGrants.Box] {
    var others = self
    others.actions.append(statement.actions.inverted)
    guard !statement.resources.isEverything else { return [others] }
    var elsewhere = self
    elsewhere.actions.append(statement.actions)
    elsewhere.resources.append(statement.resources.inverted)
    return [others, elsewhere]
  }

  /// What is left without some actions.
  func without(_ actions: IAMSet) -> IAMGrants.Box {
    var box = self
    box.actions.append(actions.inverted)
    return box
  }

  /// Whether it certainly has nothing.
  var isEmpty: Bool { Self.cells(actions, 1).isEmpty || Self.cells(resources, 1).isEmpty }

  /// The narrowest parts of its actions, each of which may be used; a bounded number.
  func actionCells(_ limit: Int) -> [IAMCell] { Self.cells(actions, limit) }

  /// The narrowest parts of its resources; a bounded number.
  func resourceCells(_ limit: Int) -> [IAMCell] { Self.cells(resources, limit) }

  /// What is in all of some sets: for each choice of one pattern of each, what all of them match.
  private static func cells(_ sets: [IAMSet], _ limit: Int) -> [IAMCell] {
    let outside = sets.filter(\.isInverted).flatMap(\.patterns)
    let inside = sets.filter { !$0.isInverted }.sorted { $0.patterns.count < $1.patterns.count }
    var found: [IAMCell] = []
    func choose(_ chosen: [IAMPattern], _ depth: Int) {
      guard found.count < limit else { return }
      guard depth < inside.count else {
        let cell = IAMCell(chosen)
        let isOut = outside.contains { !$0.hasVariable && $0.covers(cell.narrowest) }
        if !isOut, !found.contains(where: { $0.narrowest == cell.narrowest }) { found.append(cell) }
        return
      }
      for pattern in inside[depth].patterns where chosen.allSatisfy({ $0.overlaps(pattern) }) {
        // A pattern with a variable may be nothing of what it looks like, so it takes nothing away.
        guard !outside.contains(where: { !$0.hasVariable && $0.covers(pattern) }) else { continue }
        choose(chosen + [pattern], depth + 1)
      }
    }
    if inside.isEmpty, outside.contains(where: \.isEverything) { return [] }
    choose([], 0)
    return found
  }
}

/// What several patterns match at once.
struct IAMCell: Sendable, Hashable {
  /// The pattern that says most of it.
  let narrowest: IAMPattern
  private let all: [IAMPattern]

  init(_ patterns: [IAMPattern]) {
    let everything = IAMPattern("*", ignoringCase: false)
    let parts = patterns.isEmpty ? [everything] : patterns
    narrowest =
      IAMPattern.common(parts) ?? parts.first { one in parts.allSatisfy { $0.covers(one) } }
      ?? parts.max { $0.text.utf8.count < $1.text.utf8.count } ?? everything
    all = parts
  }

  /// Texts that it may have, to be asked about one by one.
  var samples: [String] {
    let fillings = ["", "zz9"]
    var samples = fillings.map(narrowest.sample)
    guard all.count > 1 else { return samples.filter(isPossible) }
    let prefix = all.map(\.prefix).max { $0.count < $1.count } ?? ""
    let suffix = all.map(\.suffix).max { $0.count < $1.count } ?? ""
    samples += fillings.map { prefix + $0 + suffix }
    for length in 0...min(prefix.count, suffix.count)
    where prefix.hasSuffix(suffix.prefix(length)) {
      samples.append(prefix + suffix.dropFirst(length))
    }
    return samples.filter(isPossible)
  }

  /// An action names a service and what is asked of it.
  private func isPossible(_ text: String) -> Bool {
    guard all.contains(where: \.isAction) else { return true }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
  }
}
