import Foundation
import Testing

/// How many fields are tried: every field of every reply with `make fields`, some of them in the short form.
enum EveryFieldForm {
  static let isLong = ProcessInfo.processInfo.environment["IDSYNC_EVERY_FIELD"] != nil
}

extension Trait where Self == ConditionTrait {
  /// A campaign of minutes, part of `make fields`.
  ///
  /// ``FieldLossTests`` is its short form.
  static var everyField: Self {
    .enabled(if: EveryFieldForm.isLong, "long form: make fields")
  }
}
