package import IdentityCore

/// A part of what a source was asked for: what it said, or why it said nothing.
package enum Part<Value: Sendable>: Sendable {
  /// It was read to its end.
  case read(Value)
  /// It was not: why, as a clause after "whether" or "what" without a full stop, and who can mend it.
  case unreadable(reason: String, remedy: String)

  /// What was read; nil when nothing was.
  package var value: Value? {
    if case .read(let value) = self { value } else { nil }
  }

  /// The same part with its value made another one.
  package func map<Other: Sendable>(_ change: (Value) -> Other) -> Part<Other> {
    flatMap { .read(change($0)) }
  }

  /// The same part with its value made another part.
  package func flatMap<Other: Sendable>(_ change: (Value) -> Part<Other>) -> Part<Other> {
    switch self {
    case .read(let value): change(value)
    case .unreadable(let reason, let remedy): .unreadable(reason: reason, remedy: remedy)
    }
  }

  /// Why it is not known, as an unknown of a model; nil where it is known.
  ///
  /// - Parameters:
  ///   - question: what is not known, as a phrase: `whom the rules of zone HQ mean`.
  ///   - object: what it is about, by an id that nothing else of the model has.
  package func unknown(_ question: String, of object: String) -> Unknown? {
    guard case .unreadable(let reason, let remedy) = self else { return nil }
    return Unknown(title: "\(question): \(reason)", remedy: remedy, of: object)
  }
}

/// The name that parts of policies had before; the same.
package typealias PolicyPart = Part
