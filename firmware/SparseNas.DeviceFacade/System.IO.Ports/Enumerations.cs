// nanoframework/System.IO.Ports (ba564c95, System.IO.Ports/Parity.cs and StopBits.cs; MIT).
namespace System.IO.Ports;

public enum Parity
{
    None = 0,
    Odd = 1,
    Even = 2,
}

public enum StopBits
{
    One = 1,
    Two = 2,
    OnePointFive = 3,
}
