using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Heap;

namespace SparseNas.Simulator.Corlib;

/// <summary>
/// Random numbers: the device asks its C library's <c>rand</c>, whose one state all objects share (Random.cpp). The sequence is that of newlib,
/// which the firmware links: a 64-bit linear congruence of which the upper half without its sign is given. Without a seed the device starts from its clock,
/// and so does the simulated one. Each object owns a block of its own beside it (CLR_RT_HeapBlock_BinaryBlob), in which nothing is kept.
/// </summary>
internal static partial class CoreLibrary
{
    private const int MaximumRandom = 0x7FFF_FFFF;

    private static void AddRandoms()
    {
        const string r = "System.Random::";
        Native(r + ".ctor()", call => StartRandom(call, (uint)call.Machine.ClockTicks()));
        Native(r + ".ctor(int)", call => StartRandom(call, (uint)call.Int(1)));
        Native(r + "Next()", call => call.Return(NextRandom(call)));
        Native(r + "Next(int)", call => call.Return(call.Int(1) > 0 ? NextRandom(call) % call.Int(1) : throw DeviceThrow.Range()));
        Native(r + "NextDouble()", call => call.Return(BitConverter.DoubleToInt64Bits(NextRandom(call) / (double)MaximumRandom)), 200);
        Native(r + "NextBytes(byte[])", call =>
        {
            foreach (ref byte value in ByteSpan(call, 1)) value = (byte)NextRandom(call);
        });
    }

    private static unsafe void StartRandom(CoreCall call, uint seed)
    {
        const int blobBlocks = 2;
        int blob = call.Machine.Allocated(BlockKind.Reflection, call.Machine.Types.Object, blobBlocks);
        *(int*)(call.Heap.Memory + Interpreter.FieldOffset(call.OwnObject(), 0)) = blob;
        call.Machine.RandomState = seed;
    }

    private static int NextRandom(CoreCall call)
    {
        _ = call.OwnObject();
        call.Machine.RandomState = unchecked((call.Machine.RandomState * 6_364_136_223_846_793_005UL) + 1);
        return (int)((call.Machine.RandomState >> 32) & MaximumRandom);
    }

    private static unsafe Span<byte> ByteSpan(CoreCall call, int argument)
    {
        int array = call.Array(argument);
        if (*(ushort*)(call.Heap.Memory + array) != ArrayTag.U1) throw DeviceThrow.WrongType();
        return new Span<byte>(call.Heap.Memory + array + HeapLayout.ArrayHeaderBytes, call.Heap.ArrayLength(array));
    }
}
