import IdentityCore

/// The answer to the one question, in one sentence and what it leaves open.
struct Headline {
  /// Whether the answer is good, bad, or not certain.
  enum Mood: String { case good, uncertain, bad }

  /// The first word or number of the sentence, `3`.
  let figure: String
  /// The rest of the sentence, from the space on.
  let rest: String
  /// What the sentence leaves open; may be empty.
  let detail: String
  /// Whether the answer is good.
  let mood: Mood

  /// The whole sentence, as in “3 of 25 people can get in without a second factor”.
  var sentence: String { figure + rest }

  /// Makes the headline of counted members of so many teams.
  init(_ tally: Tally, teams: Int) {
    let unknown = tally.open[.cannotTell] ?? 0
    let total =
      teams == 1
      ? Count.text(tally.members, "person", "people")
      : "\(Count.text(tally.members, "member")) of \(teams) teams"
    switch (tally.members, tally.waysIn, unknown) {
    case (0, _, _):
      figure = "Nobody"
      rest = " is listed, so there is nothing to judge."
      mood = .uncertain
    case (_, 1..., _):
      figure = Count.grouped(tally.waysIn)
      rest = " of \(total) can get in without a second factor."
      mood = .bad
    case (_, _, 1...):
      figure = "None"
      rest = " of \(total) is known to get in without a second factor, but not all can be judged."
      mood = .uncertain
    default:
      figure = "None"
      rest =
        " of \(total) can get in without a second factor"
        + (tally.exemptCount > 0 ? ", exempt people aside." : ".")
      mood = .good
    }
    detail = Self.details(tally, unknown).joined(separator: " ")
  }

  private static func details(_ tally: Tally, _ unknown: Int) -> [String] {
    var details: [String] = []
    if let conditional = tally.open[.enforcedConditionally], conditional > 0 {
      details.append(
        "\(Count.grouped(conditional)) of them only in named circumstances.")
    }
    if unknown > 0 { details.append("For \(Count.grouped(unknown)) it cannot be told.") }
    if let idle = tally.open[.notEvaluated], idle > 0 {
      details.append("\(Count.grouped(idle)) \(idle == 1 ? "has" : "have") no live way in.")
    }
    if tally.exemptCount > 0 {
      let are = tally.exemptCount == 1 ? "is" : "are"
      details.append("\(Count.grouped(tally.exemptCount)) \(are) exempt and counted apart.")
    }
    return details
  }
}
