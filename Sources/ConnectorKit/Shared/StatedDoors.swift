package import IdentityCore

/// The doors and modifiers of a source that states outright what it asks people for, as the operator declares.
package enum StatedDoors: DoorInventory {
  case statement, status, applications, beside

  package var row: InventoryRow {
    switch self {
    case .statement:
      InventoryRow(
        .modifier, "statement", "what the source states of the person",
        about:
          "the value that the configuration maps (mfa); one that is missing, null, not listed, or stated twice with differences is unknown"
      )
    case .status:
      InventoryRow(
        .modifier, "status", "whether the account is active",
        about: "the value that the configuration maps, or active; one that is missing is unknown")
    case .applications:
      InventoryRow(
        .modifier, "applications", "which applications the statement speaks of",
        about: "the configuration says whether it speaks of all, or which value names them")
    case .beside:
      InventoryRow(
        .door, "beside", "every way in that the statement does not name",
        about:
          "other providers, recovery, remembered browsers, old sessions: meaning: enforcement says that the value is the policy in force for all of them"
      )
    }
  }

  /// The state of a line.
  ///
  /// - Parameters:
  ///   - isPolicy: whether the configuration says that the value is the policy in force, and not enrolment only.
  ///   - speaksOfAll: whether it says that the value speaks of every application.
  package func state(isPolicy: Bool, speaksOfAll: Bool) -> RowState {
    switch self {
    case .statement: .judged("the mapped value")
    case .status: .judged("the mapped value")
    case .applications:
      speaksOfAll
        ? .configured("the configuration says that it speaks of every application")
        : .judged("the mapped value")
    case .beside:
      isPolicy
        ? .configured("meaning: enforcement says that it is the policy in force")
        : .judged("enrolment proves nothing")
    }
  }
}
