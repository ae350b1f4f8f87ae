// The members that firmware uses of nanoframework/System.IO.Ports (ba564c95, System.IO.Ports/SerialPort.cs; MIT).
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace System.IO.Ports;

public sealed class SerialPort : IDisposable
{
    public extern SerialPort(
        string portName,
        int baudRate = 9600,
        Parity parity = Parity.None,
        int dataBits = 8,
        StopBits stopBits = StopBits.One);

    public extern bool IsOpen { get; }

    public extern int ReadTimeout { get; set; }

    public extern int WriteTimeout { get; set; }

    public extern int ReadBufferSize { get; set; }

    public extern int BytesToRead { [MethodImpl(InternalCall)] get; }

    public extern void Open();

    public extern void Close();

    /// <summary>Reads up to <paramref name="count"/> bytes that arrive before the time-out; throws TimeoutException when there is none.</summary>
    [MethodImpl(InternalCall)] public extern int Read(byte[] buffer, int offset, int count);

    [MethodImpl(InternalCall)] public extern void Write(byte[] buffer, int offset, int count);

    public extern void Dispose();
}
