/// A part of a provider's configuration that may not be readable.
package enum PolicyPart<Value: Sendable>: Sendable {
  case read(Value)
  /// Why not, as a phrase after "whether" or "what", and who can mend it.
  case unreadable(reason: String, remedy: String)

  /// The same part with its value made another one.
  package func map<Other: Sendable>(_ change: (Value) -> Other) -> PolicyPart<Other> {
    switch self {
    case .read(let value): .read(change(value))
    case .unreadable(let reason, let remedy): .unreadable(reason: reason, remedy: remedy)
    }
  }
}
