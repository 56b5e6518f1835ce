internal import IdentityCore

extension IAMMapping {
  /// A fact about a user.
  enum Fact: Hashable, Sendable {
    case root, password, accessKey, device
    /// The report does not say whether there is a device.
    case deviceNotTold
    /// The simulator was not heard on this user.
    case notSimulated
    /// The user was made since the report was: no credential is told.
    case unreported
    /// There is an active credential of a single service.
    case serviceCredential
    /// Nobody knows whether there is one.
    case serviceCredentialNotTold
    /// The action is allowed in some way.
    case allowed(Int)
    /// The action is allowed to somebody signed in with a password only.
    case openToPassword(Int)
    /// The action is allowed to an access key.
    case openToKey(Int)
    /// The documents allow the action, or may allow it, to a credential of a single service.
    case openToService(Int)
    /// The decision depends on more than the person.
    case uncertain(Int)
    /// The set of that number asks for MFA.
    case gates(Int)
    /// The documents allow the action of that label to the credential alone.
    case open(IAMCredential, Int)
    /// They may.
    case doubtful(IAMCredential, Int)
    /// The documents allow something with MFA that they do not allow to the credential alone.
    case gated(IAMCredential)
    /// The documents were not read, and the simulator opened nothing.
    case undocumented(IAMCredential)
    /// A key may register a further device, or may for all that is known.
    case registers, mayRegister
    /// The documents open nothing, but do not deny what a resource's own policy may allow.
    case elsewhere(IAMCredential)
  }

  /// All facts, in the order of the table.
  static func facts(_ actions: [String], gates: Int, labels: Int) -> [Fact] {
    let ways: [IAMCredential] = [.password, .key]
    return [
      .root, .password, .accessKey, .device, .deviceNotTold, .notSimulated, .unreported,
      .serviceCredential, .serviceCredentialNotTold, .registers, .mayRegister,
    ]
      + (0..<gates).map { .gates($0) }
      + actions.indices.flatMap {
        [
          .allowed($0), .openToPassword($0), .openToKey($0), .openToService($0), .uncertain($0),
        ] as [Fact]
      }
      + ways.flatMap { way in
        [.gated(way), .undocumented(way), .elsewhere(way)]
          + (0..<labels).flatMap { [.open(way, $0), .doubtful(way, $0)] as [Fact] }
      }
  }

  /// What holds for a user by a simulation.
  ///
  /// - Parameter reach: what the documents say, where they were read: they know the trust policies of roles, too.
  static func facts(
    of simulation: IAMSimulation, _ user: IAMCredentialReport.User, _ actions: [String],
    by reach: IAMReach?
  ) -> Set<Fact> {
    var facts: Set<Fact> = []
    for (index, action) in actions.enumerated() {
      if action.lowercased() == "sts:assumerole", let reach,
        !simulation.opensMore(action, than: reach)
      {
        continue
      }
      var probes: [IAMSimulation.Probe] = [.multiFactor]
      if user.hasPassword != false || user.hasActiveKey { probes.append(.password) }
      if user.hasActiveKey { probes.append(.accessKey) }
      for probe in probes {
        guard let decision = simulation.decision(probe, action) else {
          facts.insert(.uncertain(index))
          continue
        }
        if !decision.missing.isEmpty { facts.insert(.uncertain(index)) }
        guard decision.isAllowed else { continue }
        facts.insert(.allowed(index))
        if probe == .password, user.hasPassword != false { facts.insert(.openToPassword(index)) }
        // Sessions of GetSessionToken do nothing at IAM without MFA.
        if probe == .accessKey
          || probe == .password && user.hasActiveKey && !action.lowercased().hasPrefix("iam:")
        {
          facts.insert(.openToKey(index))
        }
      }
    }
    return facts
  }

  /// What holds for a user by the policy documents.
  ///
  /// - Parameters:
  ///   - simulated: what holds by the simulation: what it opened is open, whatever was not read.
  ///   - vouched: whether somebody vouches for what policies of resources allow.
  static func facts(
    of documentation: IAMDocumentation, _ user: IAMCredentialReport.User, simulated: Set<Fact>,
    vouched: Bool, _ actions: [String] = []
  ) -> Set<Fact> {
    let arn = user.arn
    var facts: Set<Fact> = []
    for credential in [IAMCredential.password, .key] {
      let isOpen = simulated.contains { fact in
        switch fact {
        case .openToPassword: credential == .password
        case .openToKey: credential == .key
        default: false
        }
      }
      guard let way = documentation.reaches[arn]?.ways[credential] else {
        if !isOpen { facts.insert(.undocumented(credential)) }
        continue
      }
      for label in way.open {
        documentation.place(of: label).map { _ = facts.insert(.open(credential, $0)) }
      }
      for label in way.doubtful {
        documentation.place(of: label).map { _ = facts.insert(.doubtful(credential, $0)) }
      }
      if credential == .key {
        for (index, action) in actions.enumerated()
        where (way.open + way.doubtful).contains(where: { $0.lowercased() == action.lowercased() })
        {
          facts.insert(.openToService(index))
        }
      }
      if way.isGated { facts.insert(.gated(credential)) }
      if !way.deniesAll, way.open.isEmpty, !isOpen, !vouched {
        facts.insert(.elsewhere(credential))
      }
      // Whoever has no device yet registers the first one, with whatever the first factor is.
      if credential == .key, user.hasDevice != false, way.open.isEmpty, !isOpen {
        let answer = Tri.all([documentation.registers[arn] ?? .unknown, Tri(user.hasDevice)])
        if answer == .yes { facts.insert(.registers) }
        if answer == .unknown { facts.insert(.mayRegister) }
      }
    }
    return facts
  }

  func atom(_ fact: Fact) -> SubjectAtom {
    let (id, name) =
      switch fact {
      case .root: ("root", "is the root user")
      case .password: ("password_enabled", "has a console password")
      case .accessKey: ("access_key_active", "has an active access key")
      case .device: ("mfa_active", "has an MFA device (set up, not demanded)")
      case .deviceNotTold:
        ("mfa_active=?", "has an MFA device or none: the report does not say")
      case .gates(let index): ("gates=\(index)", "is asked for MFA by policy set \(index + 1)")
      case .notSimulated: ("simulated=no", "was not simulated")
      case .unreported: ("reported=no", "was made since the credential report")
      case .serviceCredential:
        ("service_credential_active", "has an active credential of a single service")
      case .serviceCredentialNotTold:
        ("service_credential_active=?", "may have a credential of a single service")
      case .allowed(let index): ("allowed \(actions[index])", "may use \(actions[index])")
      case .openToPassword(let index):
        ("password \(actions[index])", "may use \(actions[index]) after a password alone")
      case .openToKey(let index):
        ("key \(actions[index])", "may use \(actions[index]) with an access key alone")
      case .openToService(let index):
        ("service \(actions[index])", "may use \(actions[index]) with such a credential alone")
      case .uncertain(let index):
        ("uncertain \(actions[index])", "\(actions[index]) depends on further conditions")
      case .open(let way, let index):
        ("\(way) documents \(labels[index])", "is allowed \(labels[index]) \(Self.words(way))")
      case .doubtful(let way, let index):
        (
          "\(way) documents=? \(labels[index])",
          "may be allowed \(labels[index]) \(Self.words(way))"
        )
      case .gated(let way): ("\(way) gated", "is asked for MFA by policy documents")
      case .undocumented(let way): ("\(way) documents=no", "has policies that were not read")
      case .registers: ("registers", "may register a further device with a key alone")
      case .mayRegister: ("registers=?", "may be able to register a further device with a key")
      case .elsewhere(let way):
        ("\(way) elsewhere", "may be allowed more by policies of resources")
      }
    return SubjectAtom(kind: .attribute, id: id, name: name)
  }

  private static func words(_ credential: IAMCredential) -> String {
    credential == .password ? "after a password alone" : "with a key alone"
  }
}
