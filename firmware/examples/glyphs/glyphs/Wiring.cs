using System.IO.Ports;
using nanoFramework.Hardware.Esp32;

namespace SparseNas.Device
{
    /// <summary>How the sensor reaches the board: change it as yours is wired. The console's own port only writes.</summary>
    public static class Wiring
    {
        private const string PortName = "COM2";
        private const int BaudRate = 115200;
        private const int LeastBufferBytes = 256;
        private const int TransmitPin = 4;
        private const int ReceivePin = 5;

        /// <summary>The open port, with room for bytes that arrive while the model computes.</summary>
        public static SerialPort Open(int bufferBytes)
        {
            // The chip can lead a port to almost any pin, and has to be told before the port opens.
            Configuration.SetPinFunction(TransmitPin, DeviceFunction.COM2_TX);
            Configuration.SetPinFunction(ReceivePin, DeviceFunction.COM2_RX);

            SerialPort port = new SerialPort(PortName, BaudRate);
            port.ReadBufferSize = bufferBytes > LeastBufferBytes ? bufferBytes : LeastBufferBytes;
            port.Open();
            return port;
        }
    }
}
