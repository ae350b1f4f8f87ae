using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>What is known before execution about a value on the evaluation stack.</summary>
internal readonly record struct StackType(StackKind Kind, DeviceType? Type = null, Storage Pointee = Storage.Void)
{
    public static StackType Of(SlotType slot) => new(slot.Storage.OnStack(), slot.Type, slot.Pointee);

    public bool IsReference => Kind is StackKind.Ref or StackKind.ByRef;
}

/// <summary>An evaluation stack as an immutable list, top first; shared between instructions.</summary>
internal sealed class StackNode(StackType type, StackNode? below)
{
    public StackType Type { get; } = type;

    public StackNode? Below { get; } = below;

    public int Depth { get; } = (below?.Depth ?? 0) + 1;

    public static int DepthOf(StackNode? node) => node?.Depth ?? 0;
}
