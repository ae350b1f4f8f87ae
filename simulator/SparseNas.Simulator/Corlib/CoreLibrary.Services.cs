using System.Buffers.Binary;
using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Corlib;

/// <summary>Bytes of numbers, console, time, collection, and the device's other packages.</summary>
internal static partial class CoreLibrary
{
    private static void AddBits()
    {
        foreach ((string name, Storage storage, int bytes) in new[]
        {
            ("bool", Storage.Bool, 1), ("char", Storage.Char, 2), ("short", Storage.I2, 2), ("ushort", Storage.U2, 2), ("int", Storage.I4, 4), ("uint", Storage.U4, 4),
            ("long", Storage.I8, 8), ("ulong", Storage.U8, 8), ("float", Storage.R4, 4), ("double", Storage.R8, 8),
        })
        {
            Native($"System.BitConverter::GetBytes({name})", call => BytesOf(call, bytes));
            string type = SignatureDecoder.Primitives[name].FullName["System.".Length..];
            Native($"System.BitConverter::To{type}(byte[],int)", call => call.Return(FromBytes(call, storage, bytes)));
        }

        Native("System.BitConverter::DoubleToInt64Bits(double)", _ => { });
        Native("System.BitConverter::Int64BitsToDouble(long)", _ => { });
        Native("System.BitConverter::get_IsLittleEndian()", call => call.Return(true));
    }

    private static unsafe void BytesOf(CoreCall call, int bytes)
    {
        int array = call.Machine.AllocateArray(ByteArray(call), bytes);
        Span<byte> raw = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(raw, call.Long(0));
        raw[..bytes].CopyTo(new Span<byte>(call.Heap.Memory + array + HeapLayout.ArrayHeaderBytes, bytes));
        call.Return(array);
    }

    private static DeviceType ByteArray(CoreCall call) => call.Machine.Types.ArrayOf(new SlotType(Storage.U1, call.Machine.Types.Core("System.Byte")));

    private static unsafe long FromBytes(CoreCall call, Storage storage, int bytes)
    {
        int array = call.Array(0), index = call.Int(1);
        if (*(ushort*)(call.Heap.Memory + array) != ArrayTag.U1) throw DeviceThrow.WrongType();
        if (index < 0 || index > call.Heap.ArrayLength(array) - bytes) throw DeviceThrow.Range();
        ReadOnlySpan<byte> raw = new(call.Heap.Memory + array + HeapLayout.ArrayHeaderBytes + index, bytes);
        return storage switch
        {
            Storage.Bool => raw[0] != 0 ? 1 : 0,
            Storage.Char or Storage.U2 => BinaryPrimitives.ReadUInt16LittleEndian(raw),
            Storage.I2 => BinaryPrimitives.ReadInt16LittleEndian(raw),
            Storage.I4 or Storage.U4 or Storage.R4 => BinaryPrimitives.ReadInt32LittleEndian(raw),
            _ => BinaryPrimitives.ReadInt64LittleEndian(raw),
        };
    }

    private static void AddServices()
    {
        Managed("System.Console::WriteLine(string)", "ldarg.0 ldc.i4.1 call ret", 0, 2, call => Print(call, call.TextOrEmpty(0) + "\n"), 600);
        Managed("System.Console::Write(string)", "ldarg.0 ldc.i4.0 call ret", 0, 2, call => Print(call, call.TextOrEmpty(0)), 600);
        Managed("System.Console::WriteLine()", "ldsfld ldc.i4.1 call ret", 0, 2, call => Print(call, "\n"), 600);
        Managed("System.Diagnostics.Debug::WriteLine(string)", "ldarg.0 ldc.i4.1 call ret", 0, 2, call => Print(call, call.TextOrEmpty(0) + "\n"), 600);
        Managed("System.Diagnostics.Debug::Write(string)", "ldarg.0 ldc.i4.0 call ret", 0, 2, call => Print(call, call.TextOrEmpty(0)), 600);
        Native("System.DateTime::get_UtcNow()", call => call.Return(call.Machine.ClockTicks()), 150);
        Native("System.Threading.Thread::Sleep(int)", call => call.Machine.Sleep(Math.Max(0, call.Int(0))));
        Native("nanoFramework.Runtime.Native.GC::Run(bool)", RunCollection);
        Native("nanoFramework.Runtime.Native.GC::EnableGCMessages(bool)", _ => { });
        AddSerialPort();
    }

    /// <summary>A serial port that is connected to <see cref="SimulatedDevice.SerialInput"/> and <see cref="SimulatedDevice.SerialOutput"/>.</summary>
    private static void AddSerialPort()
    {
        const string s = "System.IO.Ports.SerialPort::";
        Native(s + ".ctor(string,int,System.IO.Ports.Parity,int,System.IO.Ports.StopBits)", _ => { });
        Native(s + "Open()", call => call.Machine.Serial.IsOpen = true);
        Native(s + "Close()", call => call.Machine.Serial.IsOpen = false);
        Native(s + "Dispose()", call => call.Machine.Serial.IsOpen = false);
        Native(s + "get_IsOpen()", call => call.Return(call.Machine.Serial.IsOpen));
        Native(s + "get_BytesToRead()", call => call.Return(call.Machine.Serial.Available()));
        Native(s + "get_ReadTimeout()", call => call.Return(call.Machine.Serial.ReadTimeoutMilliseconds));
        Native(s + "set_ReadTimeout(int)", call => call.Machine.Serial.ReadTimeoutMilliseconds = call.Int(1));
        Native(s + "set_WriteTimeout(int)", _ => { });
        Native(s + "set_ReadBufferSize(int)", _ => { });
        Native(s + "Read(byte[],int,int)", ReadSerial);
        Managed("nanoFramework.Hardware.Esp32.Configuration::SetPinFunction(int,nanoFramework.Hardware.Esp32.DeviceFunction)", "ldarg.0 ldarg.1 call ret", 0, 2, _ => { }, 600);
        Native(s + "Write(byte[],int,int)", call => call.Machine.Serial.Output?.Invoke(SerialSpan(call).ToArray()));
    }

    private static unsafe Span<byte> SerialSpan(CoreCall call)
    {
        int array = call.Array(1), offset = call.Int(2), count = call.Int(3);
        if (*(ushort*)(call.Heap.Memory + array) != ArrayTag.U1) throw DeviceThrow.WrongType();
        if (offset < 0 || count < 0 || offset > call.Heap.ArrayLength(array) - count) throw DeviceThrow.Range();
        if (!call.Machine.Serial.IsOpen) throw DeviceThrow.Of("System.InvalidOperationException");
        return new Span<byte>(call.Heap.Memory + array + HeapLayout.ArrayHeaderBytes + offset, count);
    }

    /// <summary>Takes what has arrived; nothing within the time-out is a TimeoutException.</summary>
    private static void ReadSerial(CoreCall call)
    {
        int read = call.Machine.Serial.Read(SerialSpan(call));
        if (read == 0)
        {
            call.Machine.Sleep(Math.Max(0, call.Machine.Serial.ReadTimeoutMilliseconds));
            throw DeviceThrow.Of("System.TimeoutException");
        }

        call.Return(read);
    }

    private static void Print(CoreCall call, string text)
    {
        call.RunNative(native => native.Machine.Console?.Invoke(text));
    }

    /// <summary>Collects, compacts if asked to, and gives the free bytes.</summary>
    private static void RunCollection(CoreCall call)
    {
        bool compact = call.Int(0) != 0;
        call.Machine.Collect();
        if (compact) call.Machine.Compact();
        call.Return((uint)call.Heap.FreeBytesAtLastCollection);
    }
}
