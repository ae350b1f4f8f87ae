namespace SparseNas.Simulator.Heap;

/// <summary>What a run of heap blocks holds; the device keeps a data type in the same place (nanoCLR_Runtime__HeapBlock.h).</summary>
internal enum BlockKind : byte
{
    Free,

    /// <summary>A stack frame or thread that was released and waits in the event cache; allocated until the next collection.</summary>
    Cached,
    Frame,
    Runtime,
    Assembly,

    /// <summary>First kind that a program can hold a reference to, that a collection frees and that compaction moves.</summary>
    Object,
    Struct,

    /// <summary>A boxed primitive: two blocks, the value in the second.</summary>
    Boxed,
    Array,

    /// <summary>Text made at run time: UTF-8 behind the header.</summary>
    Text,

    /// <summary>A literal: one block, the text stays in flash.</summary>
    Literal,
    Delegate,
    DelegateList,

    /// <summary>A handle of the runtime (<c>Type</c>, method, field): one block.</summary>
    Reflection,
}
