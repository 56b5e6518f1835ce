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

  /// The whole sentence: `3 of 25 members can get in with one factor`.
  var sentence: String { figure + rest }

  /// Makes the headline of counted members.
  init(_ headcount: Headcount) {
    figure = headcount.headlineFigure
    rest = headcount.headlineRest
    detail = headcount.details.joined(separator: " ")
    mood =
      headcount.oneFactor > 0
      ? .bad
      : headcount.members == 0 || headcount.gaps > 0 || !headcount.unread.isEmpty
        ? .uncertain : .good
  }
}
