internal import ConnectorKit
internal import IdentityCore
internal import JSONQuery

extension OktaModelBuilder {
  /// Behind a reset by one step nobody knows whether that step counts again at the sign-in.
  ///
  /// The first policy that is for the person decides by its first rule that is. A reset is made where the person likes, so
  /// a rule for some places leaves the next one open. What could not be read as a whole the inventory accounts for.
  mutating func withRecovery(
    _ policy: SignInPolicy, _ recovery: OktaRecovery, _ vouches: Vouches, at app: AppID
  ) -> SignInPolicy {
    guard case .read(let resets) = recovery.resets,
      resets.contains(where: { doubt($0, vouches, app) != nil })
    else { return policy }
    var ways: [Condition] = []
    var leftOver = Condition.always
    for reset in resets {
      let place = OktaPlace(reset.policy)
      let isFor = Condition.and([
        scope(of: reset.policy, place, only: ["people"]).holds,
        people(of: reset.rule, place.rule(reset.rule)), isForPassword(reset.policy, place),
      ])
      if let doubt = doubt(reset, vouches, app) {
        ways.append(.and([leftOver, isFor, .unknown(tables.unknown(doubt))]))
      }
      guard recovery.isOrdered(reset), reset.rule.saysPlaces else { continue }
      leftOver = .and([leftOver, isFor.negated])
    }
    let isReset = tables.flag("a password that was just reset")
    return policy.weakened(when: .and([isReset, .or(ways)]))
  }

  /// What nobody knows of a reset; nil where that is accounted for.
  private func doubt(
    _ reset: OktaRecovery.Reset, _ vouches: Vouches, _ app: AppID
  ) -> Unknown? {
    let row = OktaDoors.recovery.row
    guard case .unknown(let why, let remedy) = reset.state,
      vouches.vouch(for: row.id, object: reset.object, version: reset.version, at: app) == nil
    else { return nil }
    return row.unknown(reset.object, why, remedy: remedy)
  }

  /// Whom a rule is for; people who are not shown may be anybody.
  private mutating func people(of rule: OktaWire.Rule, _ place: OktaPlace) -> Condition {
    guard let people = rule.conditions?["people"], people != .null else { return .always }
    return condition(.object(["people": people]), place).holds
  }

  /// The providers for whose passwords there are policies.
  private static let passwordProviders = ["OKTA", "ACTIVE_DIRECTORY", "LDAP"]

  /// That a policy is for passwords such as the account's.
  private mutating func isForPassword(_ policy: OktaWire.Policy, _ place: OktaPlace) -> Condition {
    if policy.isSystem == true { return .always }
    // For whose passwords it is where that is not shown, or of accounts of other providers, is not documented.
    let mayBe = Condition.unknown(
      tables.unknown(
        "\(place.id)|authProvider", "for whose passwords \(place.title) is",
        remedy: "let the token see the whole policy, or report its authentication provider"))
    guard let shown = policy.conditions?["authProvider"], shown.hasOnly(["provider"]),
      let type = shown["provider"]?.string, Self.passwordProviders.contains(type)
    else { return mayBe }
    let isKnown = Condition.or(Self.passwordProviders.map { isFrom($0) })
    return .or([isFrom(type), .and([isKnown.negated, mayBe])])
  }
}

extension OktaWire.Rule {
  /// Whether it says whom it is for, and is for them wherever they are.
  fileprivate var saysPlaces: Bool {
    guard let members = conditions?.object else { return isSystem == true }
    guard isSystem == true || members["people"]?.object != nil && members["network"] != nil else {
      return false
    }
    return members.allSatisfy { key, value in
      switch key {
      case "people": true
      case "network":
        value["connection"]?.string == "ANYWHERE" && value.hasOnly(["connection"])
      case "authContext": value["authType"]?.string == "ANY" && value.hasOnly(["authType"])
      default: value == .null
      }
    }
  }
}
