import IdentityCore

/// The answer to the one question, in one sentence and one more.
struct Headline {
  /// Whether the answer is good, bad, or not certain.
  enum Mood { case good, uncertain, bad }

  /// `3 of 25 people can get in without a second factor.`
  let sentence: String
  /// What the sentence leaves open; may be empty.
  let detail: String
  /// Whether the answer is good.
  let mood: Mood

  /// Makes the headline of counted members of so many teams.
  init(_ tally: Tally, teams: Int) {
    let unknown = tally.open[.cannotTell] ?? 0
    let conditional = tally.open[.enforcedConditionally] ?? 0
    let total =
      teams == 1
      ? Count.text(tally.members, "person", "people")
      : Count.text(tally.members, "membership") + " in \(teams) teams"
    var details: [String] = []
    switch (tally.members, tally.waysIn, unknown) {
    case (0, _, _):
      sentence = "There is nobody to judge."
      mood = .uncertain
    case (_, 1..., _):
      sentence = "\(Count.grouped(tally.waysIn)) of \(total) can get in without a second factor."
      mood = .bad
      if conditional > 0 {
        details.append("\(Count.grouped(conditional)) of them only in named circumstances.")
      }
    case (_, _, 1...):
      sentence = "Nobody of \(total) is known to get in without a second factor."
      mood = .uncertain
    default:
      sentence =
        tally.exemptCount == 0
        ? "None of \(total) can get in without a second factor."
        : "None of \(total) can get in without a second factor, exempt people aside."
      mood = .good
    }
    if unknown > 0 {
      details.append("For \(Count.grouped(unknown)) it cannot be told.")
    }
    if let idle = tally.open[.notEvaluated], idle > 0 {
      details.append("\(Count.grouped(idle)) \(idle == 1 ? "has" : "have") no live way in.")
    }
    let exempt = tally.exemptCount
    if exempt > 0 {
      details.append(
        "\(Count.grouped(exempt)) \(exempt == 1 ? "is" : "are") exempt and counted apart.")
    }
    detail = details.joined(separator: " ")
  }
}
