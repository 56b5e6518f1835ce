internal import ConnectorKit

extension LocalKind: TeamChangingKind {}
