extension MemberStatus {
  /// Why a member is shown as it was read earlier, one sentence; nil when it is of the last reading.
  ///
  /// - Parameters:
  ///   - age: how long ago the oldest thing that the verdict rests on was read, `50 s`.
  ///   - plan: the plan that holds the member, if there still is one.
  public func ageNote(_ age: String, plan: String?) -> String? {
    if record.isHeld {
      let way =
        plan.map { "see idsync plan \($0), carry it out with idsync apply \($0)" }
        ?? "idsync sync makes the plan anew"
      return "Held by the guard as it was read \(age) ago: \(way)."
    }
    guard isStale else { return nil }
    return didSourceFail
      ? "Stale: read \(age) ago, and a source failed since."
      : "Stale: read \(age) ago, and not to its end since."
  }
}
